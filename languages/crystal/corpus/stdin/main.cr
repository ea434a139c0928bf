STDIN.each_line.with_index(1) do |line, number|
  puts "#{number}: #{line.upcase}"
end
