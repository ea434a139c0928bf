program Main;

uses Greeting, Shouting;

begin
  WriteLn(Greet('Ada'));
  WriteLn(Shout(Greet('Ada')));
end.
