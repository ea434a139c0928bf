binmode STDIN;
my $bytes = 0;
$bytes += length while <STDIN>;
print "$bytes bytes\n";
