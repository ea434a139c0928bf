# Timers and watchers of a program that behaves: each is made and let go of.
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
for _ in range(20):
    timer, watcher = ctypes.c_int(), libc.inotify_init1(0)
    if libc.timer_create(1, None, ctypes.byref(timer)) != 0 or watcher < 0:
        print("RESIDUE", os.strerror(ctypes.get_errno()))
        break
    libc.timer_delete(timer)
    os.close(watcher)
    time.sleep(0.05)
else:
    print("DONE")
