print("Grüße, мир, 你好, 🌍")
io.write(io.read("a"))
