(defun shout (text)
  (string-upcase text))
