void main () {
    for (int i = 0; i < 65536; i++) print ("0123456789abcde\n");
}
