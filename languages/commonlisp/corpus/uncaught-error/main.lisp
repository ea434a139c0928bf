(defun fail ()
  (error "boom"))

(format t "before~%")
(fail)
