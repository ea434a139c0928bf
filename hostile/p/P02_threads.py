# Threads are tasks too: starts sleeping ones until refused. Cap: 3000.
import os, threading, time
threading.stack_size(64 * 1024)
started = 0
try:
    while started < 3000:
        threading.Thread(target=time.sleep, args=(15,), daemon=True).start()
        started += 1
    print("ESCAPED 3000 threads")
except RuntimeError as error:
    print("BLOCKED at", started, error)
os.sys.stdout.flush()
os._exit(0)
