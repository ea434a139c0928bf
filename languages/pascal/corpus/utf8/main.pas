program Main;

var
  Line: string;

begin
  WriteLn('Grüße, мир, 你好, 🌍');
  ReadLn(Line);
  WriteLn(Line);
end.
