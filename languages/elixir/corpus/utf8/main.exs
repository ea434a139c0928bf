IO.puts("Grüße, мир, 你好, 🌍")
IO.write(IO.read(:stdio, :line))
