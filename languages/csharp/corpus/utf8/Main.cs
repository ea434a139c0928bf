using System;

public static class Program
{
    public static void Main()
    {
        Console.WriteLine("Grüße, мир, 你好, 🌍");
        Console.WriteLine(Console.ReadLine());
    }
}
