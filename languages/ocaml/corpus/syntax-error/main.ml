let () =
  print_endline "before" in
