# Control: watching and locking one's own files, as editors, test runners and databases do.
import ctypes, fcntl, os, select, subprocess

libc = ctypes.CDLL(None, use_errno=True)
for place in ("/box", "/tmp", "/dev/shm"):
    events = libc.inotify_init1(os.O_CLOEXEC)
    libc.inotify_add_watch(events, place.encode(), 0x100)
    name = place + "/file"
    file = open(name, "w", buffering=1)
    assert select.select([events], [], [], 4)[0] and b"file" in os.read(events, 4096), place
    fcntl.flock(file, fcntl.LOCK_EX)
    assert subprocess.call(["flock", "--nonblock", name, "true"]) == 1, place
    fcntl.flock(file, fcntl.LOCK_UN)
    assert subprocess.call(["flock", "--nonblock", name, "true"]) == 0, place
    tail = subprocess.Popen(["tail", "-f", name], stdout=subprocess.PIPE, text=True)
    print("one", file=file)
    assert tail.stdout.readline() == "one\n", place
    print("two", file=file)
    assert tail.stdout.readline() == "two\n", place
    tail.kill()
print("DONE")
