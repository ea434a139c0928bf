void main () {
    print ("before\n");
    error ("boom");
}
