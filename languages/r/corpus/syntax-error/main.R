cat("before\n"
if (TRUE cat("never\n")
