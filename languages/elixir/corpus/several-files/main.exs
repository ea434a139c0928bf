Code.require_file("greet.exs", __DIR__)
Code.require_file("lib/shout.exs", __DIR__)

IO.puts(Greet.greet("Ada"))
IO.puts(Shout.shout(Greet.greet("Ada")))
