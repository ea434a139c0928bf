fun main() {
    generateSequence(::readLine).forEachIndexed { index, line ->
        println("${index + 1}: ${line.toUpperCase()}")
    }
}
