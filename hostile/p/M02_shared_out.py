# No process is large, all together are: 16 children with 64 MB each.
import os, time
for _ in range(16):
    if os.fork() == 0:
        block = bytearray(64 << 20)
        block[::4096] = b"x" * len(block[::4096])
        time.sleep(2)
        os._exit(0)
alive = 0
for _ in range(16):
    _, status = os.wait()
    alive += status == 0
print("ESCAPED 1 GB in 16 processes" if alive == 16 else "BLOCKED %d of 16 came through" % alive)
