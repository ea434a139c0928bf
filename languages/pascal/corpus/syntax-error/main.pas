program Main;

begin
  WriteLn('before)
end.
