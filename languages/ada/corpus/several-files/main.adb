with Ada.Text_IO; use Ada.Text_IO;
with Greet;
with Shout;

procedure Main is
begin
   Put_Line (Greet ("Ada"));
   Put_Line (Shout (Greet ("Ada")));
end Main;
