import std.stdio;
import std.string : stripRight;

void main() {
    writeln("Grüße, мир, 你好, 🌍");
    writeln(readln.stripRight);
}
