(format t "never~%"
