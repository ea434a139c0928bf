# Files without bytes still cost something. Cap: 500 000.
made = 0
try:
    while made < 500_000:
        open("empty%d" % made, "x").close()
        made += 1
    print("ESCAPED 500000 files")
except OSError as error:
    print("BLOCKED at", made, error.strerror)
