# What the machine counts by user, or in all: queued signals, which timers need too, and terminals. Holds what it got for a while.
import ctypes, os, signal, time
libc = ctypes.CDLL(None)
signal.pthread_sigmask(signal.SIG_BLOCK, [64])
signals = 0
while signals < 20_000 and libc.sigqueue(os.getpid(), 64, None) == 0:
    signals += 1
print("ESCAPED" if signals > 1024 else "BLOCKED", "queued signals", signals)
terminals = []
for make in (os.openpty, lambda: os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY), lambda: os.open("/dev/pts/ptmx", os.O_RDWR | os.O_NOCTTY)):
    try:
        while len(terminals) < 200:
            terminals.append(make())
    except OSError:
        pass
print("ESCAPED" if terminals else "BLOCKED", "terminals", len(terminals))
time.sleep(1)
print("DONE", flush=True)
