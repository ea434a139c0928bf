unit module Shout;

sub shout(Str $text) is export {
    $text.uc
}
