import text.Shout;

public class Main {
    public static void main(String[] args) {
        System.out.println(Greeting.of("Ada"));
        System.out.println(Shout.shout(Greeting.of("Ada")));
    }
}
