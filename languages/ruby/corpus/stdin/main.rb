$stdin.each_line.with_index(1) { |line, number| puts "#{number}: #{line.chomp.upcase}" }
