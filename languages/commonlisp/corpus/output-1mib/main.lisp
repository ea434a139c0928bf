(dotimes (i 65536)
  (format t "0123456789abcde~%"))
