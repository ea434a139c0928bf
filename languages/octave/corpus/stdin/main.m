number = 0;
while ischar(line = fgetl(stdin))
  printf("%d: %s\n", ++number, toupper(line));
end
