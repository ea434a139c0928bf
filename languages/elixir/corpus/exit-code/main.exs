IO.puts("before")
System.halt(3)
