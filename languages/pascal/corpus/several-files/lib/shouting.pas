unit Shouting;

interface

function Shout(Text: string): string;

implementation

function Shout(Text: string): string;
begin
  Shout := UpCase(Text);
end;

end.
