# Locks what every sandbox and the host see alike, in each way there is, and keeps it for a while.
import fcntl, os, struct, time

PLACES = ["/", "/usr", "/usr/bin/env", "/usr/bin/python3", "/usr/include/stdio.h", "/usr/lib", "/etc/passwd",
          "/etc/ld.so.cache", "/dev/null", "/dev/zero", "/dev/urandom", "/proc/version", "/proc/meminfo"]
GET_OFD, SET_OFD = 36, 37
held = []
for place in PLACES:
    try:
        held.append(os.open(place, os.O_RDONLY))
    except OSError:
        continue
    try:
        fcntl.flock(held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        print("ESCAPED locked by another", place, error)
    if os.path.isdir(place):
        continue
    for get, put in ((fcntl.F_GETLK, fcntl.F_SETLK), (GET_OFD, SET_OFD)):
        asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
        try:
            if struct.unpack("hhqqi4x", fcntl.fcntl(held[-1], get, asked))[0] != fcntl.F_UNLCK:
                print("ESCAPED sees a lock on", place)
        except OSError as error:
            print("BLOCKED", place, error)
    try:
        fcntl.fcntl(held[-1], fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 0, 0, 0))
    except OSError as error:
        print("BLOCKED", place, error)
    try:
        fcntl.fcntl(held[-1], 1024, fcntl.F_RDLCK)  # F_SETLEASE
        print("INFO leased", place)
    except OSError:
        pass
time.sleep(1)
print("DONE")
