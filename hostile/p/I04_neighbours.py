# Processes that a run can see or signal: its own few, nobody else's.
import os
seen = [pid for pid in range(1, 65536) if os.path.exists("/proc/%d" % pid)]
others = []
for pid in seen:
    if pid in (1, os.getpid(), os.getppid()):
        continue
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            others.append(file.read().replace(b"\0", b" "))
    except OSError:
        pass
print("ESCAPED" if others else "BLOCKED", "processes of others:", others[:5])
for pid in seen:
    if pid == os.getpid():
        continue
    for name in ("mem", "root/etc/hostname", "cwd/.env"):
        try:
            with open("/proc/%d/%s" % (pid, name), "rb") as file:
                print("INFO opened", file.name)
        except OSError:
            pass
print("DONE")
