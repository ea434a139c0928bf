import std.stdio;

void main() {
    writeln("before")
}
