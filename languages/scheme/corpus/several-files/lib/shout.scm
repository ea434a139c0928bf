(define (shout text)
  (string-upcase text))
