void main () {
    print ("before\n")
}
