using System;

public static class Program
{
    public static void Main()
    {
        string line;
        for (var number = 1; (line = Console.ReadLine()) != null; number++)
        {
            Console.WriteLine($"{number}: {line.ToUpperInvariant()}");
        }
    }
}
