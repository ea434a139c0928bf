# Two at a time: each leaves what can be found by name, and looks for the other's.
import ctypes, os, socket, time

libc = ctypes.CDLL(None, use_errno=True)
found = []


def attempt(what, action):
    try:
        if action():
            found.append(what)
    except OSError:
        pass


server = socket.socket(socket.AF_UNIX)
try:
    server.bind("\0hostile-meeting")
    server.listen()
except OSError:
    found.append("abstract socket")
tcp = socket.socket()
try:
    tcp.bind(("127.0.0.1", 45454))
    tcp.listen()
except OSError:
    found.append("port")
for name in ("/dev/shm/meeting", "/tmp/meeting", "/box/meeting", "/var/tmp/meeting"):
    attempt(name, lambda: os.path.exists(name))
    attempt(name, lambda: open(name, "w").close())
attempt("shm", lambda: libc.shmget(0x5EED, 4096, 0) >= 0)
libc.shmget(0x5EED, 4096, 0o1666)
attempt("sem", lambda: libc.semget(0x5EED, 1, 0) >= 0)
libc.semget(0x5EED, 1, 0o1666)
attempt("queue", lambda: libc.msgget(0x5EED, 0) >= 0)
libc.msgget(0x5EED, 0o1666)
mine = os.getpid()
for _ in range(10):
    time.sleep(0.1)
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) not in (1, mine):
            found.append("process " + entry)
    for pid in range(2, 400):
        if pid == mine:
            continue
        try:
            os.kill(pid, 0)
            found.append(f"signal to {pid}")
        except ProcessLookupError:
            pass
        except PermissionError:
            found.append(f"refused signal to {pid}")
for what in sorted(set(found)):
    print("RESIDUE", what)
print("DONE")
