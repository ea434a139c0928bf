let () =
  In_channel.input_all stdin
  |> String.split_on_char '\n'
  |> List.iteri (fun index line -> Printf.printf "%d: %s\n" (index + 1) (String.uppercase_ascii line))
