import text.shout

fun main() {
    println(greet("Ada"))
    println(shout(greet("Ada")))
}
