let () =
  print_endline (Greet.greet "Ada");
  print_endline (Shout.shout (Greet.greet "Ada"))
