with Ada.Text_IO; use Ada.Text_IO;
with Ada.Characters.Handling; use Ada.Characters.Handling;

procedure Main is
   Number : Natural := 0;
begin
   while not End_Of_File loop
      Number := Number + 1;
      Put_Line (Integer'Image (Number) (2 .. 2) & ": " & To_Upper (Get_Line));
   end loop;
end Main;
