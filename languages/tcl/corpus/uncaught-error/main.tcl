proc fail {} {
    error boom
}

puts before
fail
