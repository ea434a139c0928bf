import com.sun.tools.javac.Main;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * javac that can be parked (docs/adr/0008): it takes the same arguments, prints the same and ends with the same code.
 *
 * javac itself refuses a program that is a pipe. This one takes it for the sign that the program is still to come:
 * it uses the time to compile something else, so that the compiler's classes are loaded and its hot paths
 * compiled, and then waits in opening the pipe, until the program stands there instead.
 */
final class Javac {
  /** A little, so that what is wanted early has little to wait for; then what the programs of many people use. */
  private static final String[] WARM_UPS = {
    """
    class WarmUp {
      public static void main(String[] args) { System.out.println("Hello, world!"); }
    }
    """,
    """
    import java.io.*;
    import java.util.*;
    import java.util.function.*;
    import java.util.stream.*;

    class WarmUp {
      interface Shape { double area(); }
      record Circle(double radius) implements Shape { public double area() { return Math.PI * radius * radius; } }
      enum Colour { RED, GREEN }
      static abstract class Animal {
        private final String name;
        Animal(String name) { this.name = Objects.requireNonNull(name); }
        abstract String sound();
        @Override public String toString() { return name + ": " + sound(); }
      }
      static <T extends Comparable<T>> Optional<T> greatest(List<? extends T> all) {
        T greatest = null;
        for (T one : all) if (greatest == null || one.compareTo(greatest) > 0) greatest = one;
        return Optional.ofNullable(greatest);
      }
      public static void main(String[] args) throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in))) {
          for (String line; (line = in.readLine()) != null; ) counts.merge(line.trim(), 1, Integer::sum);
        } catch (UncheckedIOException | IllegalStateException e) {
          System.err.printf("%s%n", e.getMessage());
        }
        List<Integer> numbers = IntStream.range(0, 10).boxed().filter(n -> n % 2 == 0).collect(Collectors.toList());
        StringBuilder text = new StringBuilder();
        for (var entry : counts.entrySet()) text.append(entry.getKey()).append('=').append(entry.getValue());
        int[] sorted = {3, 1, 2};
        Arrays.sort(sorted);
        long sum = 0;
        for (int i = 0; i < sorted.length; i++) sum += (long) sorted[i] << i;
        Function<Integer, Integer> twice = n -> n * 2;
        Runnable run = new Runnable() {
          @Override public void run() { System.out.println(twice.apply(21)); }
        };
        run.run();
        String which = switch (args.length == 0 ? Colour.RED : Colour.GREEN) {
          case RED -> "red";
          case GREEN -> "green";
        };
        Object any = new Animal("cat") { String sound() { return "meow"; } };
        if (any instanceof Animal animal && sum > 0) System.out.println(animal + which + text + greatest(numbers).get());
        System.out.println(numbers.stream().map(String::valueOf).sorted(Comparator.reverseOrder()).toList());
        Scanner scanner = new Scanner(System.in);
        while (scanner.hasNextInt()) System.out.println(String.format("%d %.2f", scanner.nextInt(), new Circle(1).area()));
      }
    }
    """,
  };

  public static void main(String[] args) throws IOException {
    for (String arg : args) {
      if (!arg.endsWith(".java")) continue;
      awaitProgram(Path.of(arg));
      break;
    }
    // As the javac command has it: without it the class path of the compiler would be that of the program too.
    System.setProperty("application.home", System.getProperty("java.home"));
    System.exit(Main.compile(args));
  }

  private static void awaitProgram(Path program) throws IOException {
    for (String source : WARM_UPS) {
      if (!isToCome(program)) return;
      compileInMemory(source);
    }
    System.gc(); // rather now than while somebody waits
    if (!isToCome(program)) return;
    try (var pipe = new FileInputStream(program.toFile())) {
      pipe.read(); // whoever exchanges it after opening it says by closing it that it is done
    }
  }

  private static boolean isToCome(Path program) {
    return Files.exists(program) && !Files.isRegularFile(program);
  }

  private static void compileInMemory(String source) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var input =
        new SimpleJavaFileObject(URI.create("memory:///WarmUp.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var nowhere = new PrintWriter(OutputStream.nullOutputStream());
      // What it says is nobody's business, and an error here only means that less is warm.
      compiler.getTask(nowhere, new NoOutput(files), null, List.of("-proc:none"), null, List.of(input)).call();
    }
  }

  /** Takes class files and forgets them. */
  private static final class NoOutput extends ForwardingJavaFileManager<StandardJavaFileManager> {
    NoOutput(StandardJavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + className + kind.extension), kind) {
        @Override
        public OutputStream openOutputStream() {
          return new ByteArrayOutputStream();
        }
      };
    }
  }
}
