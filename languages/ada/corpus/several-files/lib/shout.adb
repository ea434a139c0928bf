with Ada.Characters.Handling; use Ada.Characters.Handling;

function Shout (Text : String) return String is
begin
   return To_Upper (Text);
end Shout;
