# One library call that no interpreter can interrupt.
print(len(str(pow(7, 60_000_000))))
