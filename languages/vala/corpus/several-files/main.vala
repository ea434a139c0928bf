void main () {
    print ("%s\n", greet ("Ada"));
    print ("%s\n", shout (greet ("Ada")));
}
