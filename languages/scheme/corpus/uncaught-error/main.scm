(define (fail)
  (error "boom"))

(display "before\n")
(fail)
