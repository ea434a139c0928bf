# Nobody to talk to: closes everything and lives on for a moment.
import os, time
os.write(1, b"last words\n")
os.closerange(0, 1024)
time.sleep(0.5)
os._exit(0)
