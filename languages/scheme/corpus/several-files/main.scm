(load "greet.scm")
(load "lib/shout.scm")

(display (greet "Ada"))
(newline)
(display (shout (greet "Ada")))
(newline)
