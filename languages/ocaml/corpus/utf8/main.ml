let () =
  print_endline "Grüße, мир, 你好, 🌍";
  print_endline (read_line ())
