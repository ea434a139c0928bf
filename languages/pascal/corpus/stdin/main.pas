program Main;

var
  Line: string;
  Number: integer = 0;

begin
  while not EOF do
  begin
    ReadLn(Line);
    Number := Number + 1;
    WriteLn(Number, ': ', UpCase(Line));
  end;
end.
