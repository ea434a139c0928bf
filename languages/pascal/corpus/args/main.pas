program Main;

var
  I: longint;

begin
  for I := 1 to ParamCount do
    WriteLn('[', ParamStr(I), ']');
end.
