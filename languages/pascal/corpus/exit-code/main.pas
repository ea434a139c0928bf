program Main;

begin
  WriteLn('before');
  Halt(3);
end.
