# Raises its own limits and its own importance.
import os, resource
for name in ("NPROC", "FSIZE", "CORE", "CPU", "AS", "NOFILE", "MEMLOCK", "STACK"):
    which = getattr(resource, "RLIMIT_" + name)
    _, hard = resource.getrlimit(which)
    if hard == resource.RLIM_INFINITY:
        print("INFO", name, "has no hard limit")
        continue
    try:
        resource.setrlimit(which, (hard, hard + 1))
        print("ESCAPED", name, "raised above", hard)
    except (OSError, ValueError) as error:
        print("BLOCKED", name, error)
for what, action in (("nice", lambda: os.nice(-5)), ("scheduler", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))),
                     ("oom score", lambda: os.write(os.open("/proc/self/oom_score_adj", os.O_WRONLY), b"-1000"))):
    try:
        action()
        print("ESCAPED", what)
    except OSError as error:
        print("BLOCKED", what, error)
print("DONE")
