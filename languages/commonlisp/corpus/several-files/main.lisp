(load "greet.lisp")
(load "lib/shout.lisp")

(format t "~a~%" (greet "Ada"))
(format t "~a~%" (shout (greet "Ada")))
