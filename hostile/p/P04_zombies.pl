# Children that end and are never waited for. Cap: 3000.
use strict;
use warnings;
my $made = 0;
while ($made < 3000) {
    my $pid = fork;
    last unless defined $pid;
    exit 0 if $pid == 0;
    $made++;
}
print "INFO $made children left unreaped\n";
