from greet import greet
from lib.shout import shout

print(greet("Ada"))
print(shout(greet("Ada")))
