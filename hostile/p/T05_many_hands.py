# Four processes use up the CPU limit together, while the wall clock has hardly moved.
import os
for _ in range(3):
    if os.fork() == 0:
        break
while True:
    pass
