function shout(text) {
    return toupper(text)
}
