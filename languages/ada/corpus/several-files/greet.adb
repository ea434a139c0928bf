function Greet (Name : String) return String is
begin
   return "Hello, " & Name & "!";
end Greet;
