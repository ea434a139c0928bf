# Two processes flood one stream each. Cap: 1 GB each.
import os
stream = 1 if os.fork() else 2
for _ in range(16384):
    os.write(stream, b"%d" % stream * 65536)
