(use-modules (ice-9 rdelim))

(display "Grüße, мир, 你好, 🌍\n")
(display (read-line))
(newline)
