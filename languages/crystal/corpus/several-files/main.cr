require "./greet"
require "./lib/shout"

puts greet("Ada")
puts shout(greet("Ada"))
