function Shout (Text : String) return String;
