import sys
print(len(sys.argv) - 1, "arguments")
for argument in sys.argv[1:]:
    print(repr(argument))
