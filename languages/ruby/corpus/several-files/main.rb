require_relative 'greet'
require_relative 'lib/shout'

puts greet('Ada')
puts shout(greet('Ada'))
