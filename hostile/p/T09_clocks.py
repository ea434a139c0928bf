# Sets clocks, and asks for a wake-up in a past and in a far future.
import ctypes, errno, signal, time

libc = ctypes.CDLL(None, use_errno=True)


class Timespec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


for clock in range(0, 12):
    ctypes.set_errno(0)
    if libc.clock_settime(clock, ctypes.byref(Timespec(1, 0))) == 0:
        print("ESCAPED clock", clock, "was set")
for name in ("settimeofday", "stime", "adjtimex", "clock_adjtime"):
    call = getattr(libc, name, None)
    if call is not None and name == "settimeofday" and call(ctypes.byref(Timespec(1, 0)), None) == 0:
        print("ESCAPED", name)
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.001)
began = time.monotonic()
while time.monotonic() - began < 0.3:
    time.sleep(0.1)
signal.setitimer(signal.ITIMER_REAL, 0)
print("DONE")
