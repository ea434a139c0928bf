# Strings until there is no more. Cap: 4 GB.
kept = []
64.times do |i|
  kept << (i % 251).chr * (64 << 20)
  puts "INFO #{(i + 1) * 64} MB"
  $stdout.flush
end
puts 'ESCAPED 4 GB'
