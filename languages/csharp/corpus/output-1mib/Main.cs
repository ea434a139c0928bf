using System;

public static class Program
{
    public static void Main()
    {
        for (var i = 0; i < 65536; i++) Console.WriteLine("0123456789abcde");
    }
}
