# Names that are meant for whoever lists or removes them.
import os
for name in (b"-rf", b"--", b"*", b"a\nb", b"$(id)", b"\xff\xfe", b";id", b" ", b"x" * 255):
    open(name, "wb").close()
os.makedirs("a/b/c")
open("a/b/c/d", "w").close()
for path in ("a/b/c", "a/b", "a"):
    os.chmod(path, 0)
print("made them")
