(display "before\n")
(exit 3)
