func shout(_ text: String) -> String {
    return text.uppercased()
}
