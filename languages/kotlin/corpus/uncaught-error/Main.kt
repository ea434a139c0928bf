fun main() {
    println("before")
    throw IllegalStateException("boom")
}
