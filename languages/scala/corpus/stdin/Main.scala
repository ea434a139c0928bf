object Main {
  def main(args: Array[String]): Unit = {
    for ((line, index) <- scala.io.Source.stdin.getLines().zipWithIndex) {
      println(s"${index + 1}: ${line.toUpperCase}")
    }
  }
}
