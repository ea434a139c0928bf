package text

fun shout(text: String) = text.toUpperCase()
