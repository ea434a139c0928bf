using System;

public static class Program
{
    public static void Main(string[] args)
    {
        foreach (var argument in args) Console.WriteLine($"[{argument}]");
    }
}
