# Bytes that lie in the buffers of sockets belong to whoever sent them. 4 GB at most.
import os, socket

PIECE = b"x" * 1400
TOTAL = 4_000_000_000
for _ in range(40):
    if os.fork() == 0:
        kept = []
        sent = 0
        try:
            while len(kept) < 900 and sent < TOTAL // 40:
                a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                a.bind(("127.0.0.1", 0))
                a.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
                kept.append(a)
                b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                b.setblocking(False)
                for _ in range(300):
                    sent += b.sendto(PIECE, a.getsockname())
                b.close()
        except OSError as error:
            print("INFO", error, flush=True)
        import signal
        signal.pause()
import time
time.sleep(1.5)
total = 0
for line in open("/proc/net/sockstat"):
    if line.startswith("UDP:"):
        print("INFO", line.strip())
print("DONE", flush=True)
