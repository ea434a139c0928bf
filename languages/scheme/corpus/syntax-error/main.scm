(display "never\n"
