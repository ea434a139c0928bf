defmodule Main do
  def fail, do: raise("boom")
end

IO.puts("before")
Main.fail()
