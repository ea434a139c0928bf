# Watches what every sandbox and the host see alike, and does nothing itself meanwhile.
import ctypes, os, select, struct

libc = ctypes.CDLL(None, use_errno=True)
PLACES = ["/", "/usr", "/usr/bin", "/usr/lib", "/usr/include", "/usr/include/stdio.h", "/usr/bin/env", "/usr/share",
          "/etc", "/etc/passwd", "/etc/ld.so.cache", "/dev", "/dev/null", "/dev/zero", "/dev/urandom", "/dev/full",
          "/proc/version", "/proc/meminfo", "/proc/stat", "/proc/sys", "/sys", "/opt", "/usr/bin/python3"]
events = libc.inotify_init1(os.O_CLOEXEC)
if events < 0:
    print("BLOCKED inotify")
else:
    names = {}
    for place in PLACES:
        watch = libc.inotify_add_watch(events, place.encode(), 0xFFF)
        if watch >= 0:
            names[watch] = place
    print("INFO watching", len(names), "places", flush=True)
    # fanotify and dnotify, while we are at it
    if libc.syscall(300, 0, 0) >= 0:
        print("ESCAPED fanotify")
    poll = select.select([events], [], [], 3)[0]
    data = os.read(events, 65536) if poll else b""
    while data:
        watch, mask, _, size = struct.unpack_from("iIII", data)
        print("ESCAPED heard of", names.get(watch), data[16:16 + size].rstrip(b"\0").decode(errors="replace"), hex(mask))
        data = data[16 + size:]
print("DONE")
