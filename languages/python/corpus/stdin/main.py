import sys

for number, line in enumerate(sys.stdin, 1):
    print(f"{number}: {line.rstrip().upper()}")
