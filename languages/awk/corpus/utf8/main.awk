BEGIN { print "Grüße, мир, 你好, 🌍" }
{ print }
