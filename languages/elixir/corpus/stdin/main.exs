IO.stream(:stdio, :line)
|> Stream.map(&String.trim_trailing/1)
|> Stream.with_index(1)
|> Enum.each(fn {line, number} -> IO.puts("#{number}: #{String.upcase(line)}") end)
