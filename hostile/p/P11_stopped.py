# Leaves children behind that are stopped, that wait in vfork, and that hold every stream.
import os, signal, sys

for how in range(12):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                pass
        if how % 2:
            os.kill(os.getpid(), signal.SIGSTOP)
        signal.pause()
        print("LATE")
        os._exit(0)
print("the program is over", flush=True)
