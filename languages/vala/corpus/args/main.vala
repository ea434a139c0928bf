void main (string[] args) {
    foreach (unowned string argument in args[1:]) stdout.printf ("[%s]\n", argument);
}
