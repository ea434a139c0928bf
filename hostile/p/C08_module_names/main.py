import random, re
print("still here", random, re)
