defmodule Shout do
  def shout(text), do: String.upcase(text)
end
