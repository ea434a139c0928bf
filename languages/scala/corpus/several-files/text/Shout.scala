package text

object Shout {
  def shout(text: String): String = text.toUpperCase
}
