# Keeps the disk busy, or what it takes for one. Cap: 3 s.
import os, time
end = time.monotonic() + 3
fd = os.open("busy", os.O_CREAT | os.O_WRONLY)
rounds = 0
while time.monotonic() < end:
    os.pwrite(fd, b"x" * 4096, rounds % 1000 * 4096)
    os.fsync(fd)
    rounds += 1
print("INFO", rounds, "rounds")
