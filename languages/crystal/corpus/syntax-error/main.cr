puts "before"
if true puts "never"
