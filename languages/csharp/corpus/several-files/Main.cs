using System;
using Text;

public static class Program
{
    public static void Main()
    {
        Console.WriteLine(Greeting.For("Ada"));
        Console.WriteLine(Shout.Text(Greeting.For("Ada")));
    }
}
