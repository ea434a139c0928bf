void main () {
    stdout.puts ("Grüße, мир, 你好, 🌍\n");
    stdout.printf ("%s\n", stdin.read_line ());
}
