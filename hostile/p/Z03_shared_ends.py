# Does to its own ends of what it shares with process 1 whatever a program may, and uses up what is counted by user.
import fcntl, os, signal, socket, time

F_SETSIG, F_SETPIPE_SZ = 10, 1031
held = []
for end in (0, 1, 2):
    flags = fcntl.fcntl(end, fcntl.F_GETFL)
    for what, action in (
        ("its owner", lambda: fcntl.fcntl(end, fcntl.F_SETOWN, 1)),
        ("its signal", lambda: fcntl.fcntl(end, F_SETSIG, signal.SIGKILL)),
        ("signals", lambda: fcntl.fcntl(end, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)),
        ("its size", lambda: fcntl.fcntl(end, F_SETPIPE_SZ, 4096)),
        ("a lock", lambda: fcntl.flock(end, fcntl.LOCK_EX | fcntl.LOCK_NB)),
    ):
        try:
            action()
        except OSError:
            pass
# A socket sends signals by whose it is.
one, other = socket.socketpair()
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGSEGV, 64):
    try:
        fcntl.fcntl(one, fcntl.F_SETOWN, 1)
        fcntl.fcntl(one, F_SETSIG, number)
        fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        other.send(b"x")
    except OSError:
        pass
try:  # pipes of many pages, until its user may have no more of them
    while len(held) < 200:
        ends = os.pipe()
        held.append(ends)
        fcntl.fcntl(ends[0], F_SETPIPE_SZ, 1 << 20)
except OSError:
    pass
# Signals that wait: as many as its user may have.
signal.pthread_sigmask(signal.SIG_BLOCK, [64])
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for _ in range(20_000):
    if libc.sigqueue(os.getpid(), 64, None) != 0:
        break
for _ in range(2_000):
    os.kill(1, signal.SIGCHLD)
children = []
try:
    while len(children) < 100:
        pid = os.fork()
        if pid == 0:
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            while True:
                time.sleep(9)
        children.append(pid)
except OSError:
    pass
fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) & ~os.O_NONBLOCK)
print("DONE", flush=True)
