namespace Text
{
    public static class Shout
    {
        public static string Text(string text)
        {
            return text.ToUpperInvariant();
        }
    }
}
