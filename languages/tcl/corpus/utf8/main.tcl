puts "Grüße, мир, 你好, 🌍"
puts [gets stdin]
