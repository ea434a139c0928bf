string shout (string text) {
    return text.up ();
}
