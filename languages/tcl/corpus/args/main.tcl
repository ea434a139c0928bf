foreach argument $argv {
    puts "\[$argument\]"
}
