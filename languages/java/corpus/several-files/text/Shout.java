package text;

public class Shout {
    public static String shout(String text) {
        return text.toUpperCase();
    }
}
