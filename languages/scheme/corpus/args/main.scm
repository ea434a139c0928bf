(for-each (lambda (argument) (format #t "[~a]~%" argument))
          (cdr (command-line)))
