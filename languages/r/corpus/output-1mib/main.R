for (i in 1:65536) cat("0123456789abcde\n")
