# Leaves a mark wherever it can, after looking for the marks of runs before.
import glob, os
places = (".", "/tmp", "/dev/shm", "/var/tmp", "/run", os.path.expanduser("~"))
for place in places:
    for mark in glob.glob(os.path.join(place, "mark-*")):
        print("RESIDUE", mark)
for place in places:
    try:
        open(os.path.join(place, "mark-%d" % os.getpid()), "w").close()
    except OSError:
        pass
print("CLEAN")
