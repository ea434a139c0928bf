let () =
  for _ = 1 to 65536 do
    print_endline "0123456789abcde"
  done
