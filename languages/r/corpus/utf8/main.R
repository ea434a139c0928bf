cat("Grüße, мир, 你好, 🌍\n")
cat(readLines(file("stdin")), sep = "\n")
