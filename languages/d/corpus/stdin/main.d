import std.stdio;
import std.uni : toUpper;

void main() {
    int number = 0;
    foreach (line; stdin.byLine) writefln("%d: %s", ++number, line.toUpper);
}
