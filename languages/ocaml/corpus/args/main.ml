let () =
  Array.iteri (fun index argument -> if index > 0 then Printf.printf "[%s]\n" argument) Sys.argv
