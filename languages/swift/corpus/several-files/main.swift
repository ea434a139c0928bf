print(greet("Ada"))
print(shout(greet("Ada")))
