with Ada.Text_IO; use Ada.Text_IO;

procedure Main is
begin
   Put_Line ("before");
   raise Constraint_Error with "boom";
end Main;
