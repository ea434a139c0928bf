unit Greeting;

interface

function Greet(Name: string): string;

implementation

function Greet(Name: string): string;
begin
  Greet := 'Hello, ' + Name + '!';
end;

end.
