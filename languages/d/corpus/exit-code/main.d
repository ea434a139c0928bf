import core.stdc.stdlib : exit;
import std.stdio;

void main() {
    writeln("before");
    exit(3);
}
