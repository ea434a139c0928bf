object Main {
  def main(args: Array[String]): Unit = {
    for (_ <- 1 to 65536) println("0123456789abcde")
  }
}
