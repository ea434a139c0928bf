for i = 1:65536
  puts("0123456789abcde\n");
end
