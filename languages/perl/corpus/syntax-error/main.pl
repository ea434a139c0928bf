use strict;
use warnings;

print "before\n";
my $broken = (1;
