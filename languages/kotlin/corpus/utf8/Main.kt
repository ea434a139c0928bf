fun main() {
    println("Grüße, мир, 你好, 🌍")
    println(readLine())
}
