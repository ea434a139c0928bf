source greet.tcl
source lib/shout.tcl

puts [greet Ada]
puts [shout [greet Ada]]
