lines <- readLines(file("stdin"), warn = FALSE)
cat(sprintf("%d: %s\n", seq_along(lines), toupper(lines)), sep = "")
