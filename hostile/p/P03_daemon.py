# Double fork into a session of its own, which keeps stdout open long after the program is over.
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(20)
        print("LATE: the daemon outlived the run", flush=True)
    os._exit(0)
os.wait()
print("the program is over", flush=True)
