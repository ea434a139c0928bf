# Ignores the warning that a soft CPU limit is. Cap: 40 s.
use strict;
use warnings;
$SIG{$_} = 'IGNORE' for qw(XCPU ALRM VTALRM PROF TERM);
my $end = time + 40;
1 while time < $end;
print "ESCAPED outlived the limit\n";
