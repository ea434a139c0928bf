binmode STDOUT;
print "a\0b\0\0c\n";
print STDERR "\0";
