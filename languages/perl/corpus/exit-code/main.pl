use strict;
use warnings;

print "before\n";
exit 3;
