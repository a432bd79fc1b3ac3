package io.jld.cli.server;

import io.jld.cli.ProcessBytes;
import io.jld.cli.resident.Links;
import io.jld.cli.resident.Posix;
import io.jld.cli.resident.Workplace;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The server's process. The launcher starts it, with its directory and the user's options. */
public final class ServerMain {
  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final Pattern IDLE_OPTION = Pattern.compile("--idle=[0-9]{1,6}");

  /** Nobody else may read what the server makes for itself. */
  private static final int UMASK = 077;

  private ServerMain() {}

  /**
   * Serves.
   *
   * @param arguments the directory that is closed to others, the server's below it, and options
   */
  public static void main(String[] arguments) throws IOException {
    String[] args = ProcessBytes.args(arguments);
    Duration idle = IDLE;
    long keep = Links.keepByDefault();
    for (String option : List.of(args).subList(2, args.length)) {
      if (IDLE_OPTION.matcher(option).matches()) {
        idle = Duration.ofMinutes(Integer.parseInt(option.substring("--idle=".length())));
      } else if (Links.keep(option) >= 0) {
        keep = Links.keep(option);
      } else {
        System.err.println("jld: error: --server: unknown option " + option);
        Runtime.getRuntime().exit(1);
      }
    }
    closeInherited();
    Posix.setsid();
    Workplace workplace = new Workplace(Path.of("/"), UMASK);
    Home home = Home.take(NameBytes.path(args[0]), NameBytes.path(args[1]));
    if (home == null) {
      Runtime.getRuntime().exit(0); // there is one
    }
    Distribution distribution =
        new Distribution(
            System.getProperty("java.class.path"), Path.of(System.getProperty("java.home")));
    new Server(home, distribution, workplace, idle, keep).run();
  }

  /**
   * Closes what the process that started this one had open for itself: somebody may wait for the
   * end of a pipe, or for a lock. What the JVM has opened are regular files: its own, and jars.
   */
  private static void closeInherited() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : all) {
        int number = Integer.parseInt(fd.getFileName().toString());
        if (number > 2 && isForeign(fd)) {
          Posix.close(number);
        }
      }
    }
  }

  private static boolean isForeign(Path fd) {
    try {
      String file = NameBytes.string(Files.readSymbolicLink(fd));
      return file.startsWith("pipe:")
          || file.startsWith("socket:")
          || file.startsWith("/")
              && !file.startsWith(System.getProperty("java.home"))
              && !file.endsWith(".jar")
              && !file.endsWith(".aot")
              && !file.startsWith("/proc/")
              && !file.startsWith("/dev/");
    } catch (IOException e) {
      return false; // the stream's own, closed by now
    }
  }
}
