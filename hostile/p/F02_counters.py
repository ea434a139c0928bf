# Numbers that count what others do: read twice, while others run.
import os, re, time

NAMES = ["cgroups", "diskstats", "interrupts", "locks", "pressure/cpu", "pressure/io", "pressure/memory", "schedstat",
         "softirqs", "swaps", "sys/fs/dentry-state", "sys/fs/file-nr", "sys/fs/inode-nr", "sys/kernel/pty/nr", "vmstat",
         "zoneinfo", "buddyinfo", "sys/kernel/random/boot_id", "self/cgroup", "crypto"]


def look():
    found = {}
    for name in NAMES:
        try:
            found[name] = open("/proc/" + name).read()
        except OSError:
            pass
    return found


before = look()
time.sleep(1)
after = look()
for name in NAMES:
    if before.get(name) != after.get(name):
        print("ESCAPED", name, "counts what others do")
for line in open("/proc/self/cgroup"):
    if not line.rstrip("\n").endswith(":/"):
        print("ESCAPED the name of the cgroup:", line.strip())
for line in open("/proc/self/mountinfo"):
    if re.search(r"runbin|/tmp/\S*\d{4,}|/home/|/root/", line):
        print("ESCAPED a path of the host:", line.strip())
    if re.search(r" (shared|master):\d", line):
        print("INFO peers:", line.strip())
space = os.statvfs("/usr")
print("INFO /usr has", space.f_blocks, "blocks, free", space.f_bfree)
print("DONE")
