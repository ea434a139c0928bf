for argument <- System.argv(), do: IO.puts("[#{argument}]")
