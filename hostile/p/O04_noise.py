import os, sys
sys.stdout.buffer.write(bytes(range(255, -1, -1)) + os.urandom(4096))
