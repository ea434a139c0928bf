for (argument in commandArgs(trailingOnly = TRUE)) cat("[", argument, "]\n", sep = "")
