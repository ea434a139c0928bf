(use-modules (ice-9 rdelim))

(let loop ((number 1) (line (read-line)))
  (unless (eof-object? line)
    (format #t "~a: ~a~%" number (string-upcase line))
    (loop (+ number 1) (read-line))))
