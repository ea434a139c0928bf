package Greet;

use strict;
use warnings;

sub greet {
    my ($name) = @_;
    return "Hello, $name!";
}

1;
