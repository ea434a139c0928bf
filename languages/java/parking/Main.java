import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;

public class Main {
    public static void main(String[] args) throws Exception {
        System.out.println(Arrays.toString(args) + new File(".").getAbsolutePath() + ProcessHandle.current().pid());
        System.out.println(new TreeMap<>(System.getProperties()));
        System.out.println(new TreeMap<>(System.getenv()));
        System.out.println(ManagementFactory.getRuntimeMXBean().getInputArguments());
        System.out.println(Runtime.getRuntime().maxMemory() + " " + Runtime.getRuntime().availableProcessors());
        System.out.println(Main.class.getProtectionDomain().getCodeSource().getLocation());
        System.out.println(Main.class.getClassLoader().getClass() + " " + Thread.currentThread());
        System.out.println(Files.readString(Path.of("/proc/self/cmdline")) + Files.readString(Path.of("/proc/self/environ")));
        System.out.println(Files.readString(Path.of("/proc/self/limits")));
        for (String line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.matches("(Sig|Shd|Cap|NoNew|Seccomp|Uid|Gid|Umask).*")) System.out.println(line);
        for (String directory : new String[] {"/box", "/box/.out", "/tmp", "/dev/shm", "/"}) {
            String[] names = new File(directory).list();
            Arrays.sort(names);
            System.out.println(Arrays.toString(names));
        }
        System.out.println(new String(System.in.readAllBytes()));
        StackTraceElement[] stack = new Throwable().getStackTrace();
        System.out.println(Arrays.toString(stack) + Thread.activeCount());
        throw new IllegalStateException("the end");
    }
}
