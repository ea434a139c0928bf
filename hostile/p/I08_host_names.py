# What the kernel's files say of the host: its name, its users' folders, its keys, its addresses.
import os, re, socket


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(200000).decode("latin1")
    except OSError:
        return ""


if os.uname().nodename != "sandbox" and not re.fullmatch(r"[0-9a-f]{12}|sandbox", socket.gethostname()):
    print("ESCAPED host name", os.uname().nodename)
for path in ("/proc/keys", "/proc/key-users", "/proc/sched_debug", "/proc/timer_list", "/proc/kpagecount", "/proc/kmsg"):
    text = read(path)
    if path == "/proc/keys" and len(text.splitlines()) > 2:
        print("ESCAPED keys", len(text.splitlines()))
    elif path not in ("/proc/keys", "/proc/key-users") and text:
        print("ESCAPED", path)
symbols = [line for line in read("/proc/kallsyms").splitlines() if not line.startswith("0000000000000000")]
if symbols:
    print("ESCAPED kernel addresses", symbols[0])
for line in read("/proc/self/mountinfo").splitlines():
    if re.search(r"/(home|root)/", line.split()[3] if len(line.split()) > 3 else ""):
        print("ESCAPED a path of the host's users", line.split()[3])
for table in ("tcp", "udp", "unix", "packet"):
    rows = read(f"/proc/net/{table}").splitlines()[1:]
    if rows:
        print("ESCAPED sockets of others", table, rows[0])
for kind in ("shm", "msg", "sem"):
    if len(read(f"/proc/sysvipc/{kind}").splitlines()) > 1:
        print("RESIDUE", kind)
for path in ("/proc/1/root", "/proc/1/cwd", "/proc/1/exe", "/proc/1/ns/mnt"):
    try:
        os.readlink(path)
        print("ESCAPED", path)
    except OSError:
        print("BLOCKED", path)
print("DONE")
