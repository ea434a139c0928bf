# Files that are large only in name, deep, many times linked, special, and full of attributes.
import errno, os, signal, socket

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def attempt(what, action):
    try:
        action()
        print("INFO made", what)
    except OSError as error:
        print("BLOCKED", what, errno.errorcode[error.errno])


def sparse():
    with open("sparse", "wb") as file:
        file.truncate(1 << 60)


def deep():
    for _ in range(6000):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)


def links():
    open("/tmp/one", "w").close()
    for n in range(200_000):
        os.link("/tmp/one", f"/tmp/{n}")


def attributes():
    open("/box/x", "w").close()
    for n in range(20_000):
        os.setxattr("/box/x", f"user.{n}", b"x" * 60_000)


def hole():
    fd = os.open("/tmp/hole", os.O_RDWR | os.O_CREAT)
    os.posix_fallocate(fd, 0, 3 << 30)


attempt("sparse", sparse)
attempt("block device", lambda: os.mknod("/box/disk", 0o60666, os.makedev(254, 0)))
attempt("character device", lambda: os.mknod("/box/kmsg", 0o20666, os.makedev(1, 11)))
attempt("pipe", lambda: os.mkfifo("/box/pipe"))
attempt("socket", lambda: socket.socket(socket.AF_UNIX).bind("/box/socket"))
attempt("set-uid", lambda: (open("/box/s", "w").close(), os.chmod("/box/s", 0o6777)))
attempt("deep", deep)
attempt("links", links)
attempt("attributes", attributes)
attempt("hole", hole)
for path in ("/box/disk", "/box/kmsg"):
    if os.path.exists(path):
        print("ESCAPED", path)
print("DONE", flush=True)
