import greeting;
import lib.shouting;
import std.stdio;

void main() {
    writeln(greet("Ada"));
    writeln(shout(greet("Ada")));
}
