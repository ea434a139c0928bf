# Every process forks, and every child does the same: doubles until refused. Cap: 4096 processes, 15 s.
use strict;
use warnings;
my ($depth, $refused) = (0, 0);
while ($depth < 12) {
    my $pid = fork;
    if (!defined $pid) { $refused = 1; last }
    $depth++;
}
if ($refused) { print "BLOCKED at depth $depth\n" }
else          { print "ESCAPED 4096 processes\n" }
sleep 15 if $depth > 0;
