program Main;

var
  I: longint;

begin
  for I := 1 to 65536 do
    WriteLn('0123456789abcde');
end.
