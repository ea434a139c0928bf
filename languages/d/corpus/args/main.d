import std.stdio;

void main(string[] args) {
    foreach (argument; args[1 .. $]) writefln("[%s]", argument);
}
