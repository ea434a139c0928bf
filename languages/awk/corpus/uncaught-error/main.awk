function fail(nothing) {
    return 1 / nothing
}

BEGIN {
    print "before"
    fail()
}
