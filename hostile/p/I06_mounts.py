# Every mount that can be written must be a file system in memory.
import os
for line in open("/proc/self/mountinfo"):
    left, right = line.split(" - ")
    place, options = left.split()[4:6]
    kind = right.split()[0]
    if "rw" in options.split(",") and kind not in ("tmpfs", "proc", "devpts", "mqueue", "devtmpfs", "overlay"):
        print("ESCAPED", kind, "is writable at", place)
for place in ("/", "/usr", "/usr/bin", "/etc", "/bin", "/lib", "/proc/sys/kernel", "/sys", "/dev"):
    try:
        os.close(os.open(place + "/probe", os.O_CREAT | os.O_WRONLY))
        print("ESCAPED wrote below", place)
    except OSError as error:
        print("BLOCKED", place, error.strerror)
print("DONE")
