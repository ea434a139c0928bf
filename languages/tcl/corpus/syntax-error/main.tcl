if {true} {
    puts never
