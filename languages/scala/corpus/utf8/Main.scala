object Main {
  def main(args: Array[String]): Unit = {
    println("Grüße, мир, 你好, 🌍")
    println(scala.io.StdIn.readLine())
  }
}
