unit module Greet;

sub greet(Str $name) is export {
    "Hello, $name!"
}
