source("greet.R")
source("lib/shout.R")

cat(greet("Ada"), shout(greet("Ada")), sep = "\n")
