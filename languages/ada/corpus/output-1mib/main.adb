with Ada.Text_IO; use Ada.Text_IO;

procedure Main is
begin
   for I in 1 .. 65_536 loop
      Put_Line ("0123456789abcde");
   end loop;
end Main;
