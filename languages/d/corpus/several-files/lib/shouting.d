module lib.shouting;

import std.uni : toUpper;

string shout(string text) {
    return text.toUpper;
}
