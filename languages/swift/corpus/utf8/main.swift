print("Grüße, мир, 你好, 🌍")
print(readLine() ?? "")
