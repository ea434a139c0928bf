public class Main {
    public static void main(String[] args) throws Exception {
        for (String argument : args) {
            System.out.println("[" + argument + "]");
        }
    }
}
