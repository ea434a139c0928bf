import std.stdio;

void main() {
    foreach (i; 0 .. 65_536) writeln("0123456789abcde");
}
