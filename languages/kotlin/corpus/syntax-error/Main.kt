fun main() {
    println("before"
}
