{ print NR ": " toupper($0) }
