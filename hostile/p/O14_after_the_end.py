# Floods both streams from processes that outlive it, through descriptors of their own.
import os, sys

for n in range(6):
    if os.fork() == 0:
        os.setsid()
        own = os.open(f"/proc/self/fd/{1 + n % 2}", os.O_WRONLY)
        os.close(1)
        os.close(2)
        while True:
            os.write(own, b"y" * 65536)
os.close(1)
os.close(2)
os._exit(0)
