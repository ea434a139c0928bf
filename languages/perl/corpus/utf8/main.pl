use strict;
use warnings;

print "Grüße, мир, 你好, 🌍\n";
print <STDIN>;
