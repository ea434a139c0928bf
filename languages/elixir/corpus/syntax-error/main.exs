IO.puts("before"
