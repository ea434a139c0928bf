function Greet (Name : String) return String;
