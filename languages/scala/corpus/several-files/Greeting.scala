object Greeting {
  def greet(name: String): String = s"Hello, $name!"
}
