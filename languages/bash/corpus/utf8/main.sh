echo 'Grüße, мир, 你好, 🌍'
cat
