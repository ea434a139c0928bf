(format t "Grüße, мир, 你好, 🌍~%")
(format t "~a~%" (read-line))
