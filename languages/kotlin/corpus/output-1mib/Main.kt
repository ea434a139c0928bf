fun main() {
    repeat(65536) { println("0123456789abcde") }
}
