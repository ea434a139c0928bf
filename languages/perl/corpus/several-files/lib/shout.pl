use strict;
use warnings;

sub shout {
    my ($text) = @_;
    return uc $text;
}

1;
