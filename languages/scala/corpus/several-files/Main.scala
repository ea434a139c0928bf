import text.Shout.shout

object Main {
  def main(args: Array[String]): Unit = {
    println(Greeting.greet("Ada"))
    println(shout(Greeting.greet("Ada")))
  }
}
