for {set i 0} {$i < 65536} {incr i} {
    puts 0123456789abcde
}
