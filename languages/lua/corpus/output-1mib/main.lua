for _ = 1, 65536 do
  print("0123456789abcde")
end
