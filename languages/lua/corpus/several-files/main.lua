local greet = require("greet")
local shout = require("lib.shout")

print(greet("Ada"))
print(shout(greet("Ada")))
