(println "Grüße, мир, 你好, 🌍")
(println (read-line))
