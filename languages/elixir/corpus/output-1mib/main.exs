for _ <- 1..65536, do: IO.puts("0123456789abcde")
