shout <- function(text) toupper(text)
