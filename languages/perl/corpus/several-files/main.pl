use strict;
use warnings;

use lib '.';
use Greet;
require './lib/shout.pl';

print Greet::greet('Ada'), "\n";
print shout(Greet::greet('Ada')), "\n";
