(do ((i 0 (+ i 1)))
    ((= i 65536))
  (display "0123456789abcde\n"))
