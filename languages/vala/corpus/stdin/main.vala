void main () {
    int number = 0;
    string? line;
    while ((line = stdin.read_line ()) != null) {
        print ("%d: %s\n", ++number, line.up ());
    }
}
