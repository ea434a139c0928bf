(dolist (argument (cdr *posix-argv*))
  (format t "[~a]~%" argument))
