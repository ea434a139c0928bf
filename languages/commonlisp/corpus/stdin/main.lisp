(loop for number from 1
      for line = (read-line *standard-input* nil)
      while line
      do (format t "~d: ~a~%" number (string-upcase line)))
