proc shout {text} {
    return [string toupper $text]
}
