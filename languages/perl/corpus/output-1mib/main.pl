use strict;
use warnings;

print "0123456789abcde\n" for 1 .. 65536;
