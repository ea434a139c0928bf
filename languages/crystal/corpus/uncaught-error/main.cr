def fail
  raise "boom"
end

puts "before"
fail
