# One file that wants the whole disk. Cap: 2 GB.
written = 0
try:
    with open("fill", "wb", buffering=0) as file:
        while written < 2 << 30:
            written += file.write(b"\1" * (1 << 20))
    print("ESCAPED 2 GB")
except OSError as error:
    print("BLOCKED at %d MB: %s" % (written >> 20, error.strerror))
