package tern;

import io.jld.link.OutputSink;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tern.code.Target;
import tern.lang.Errors.Error;
import tern.lang.Errors.Refused;
import tern.lang.Source;
import tern.run.Memfd;
import tern.run.Run;

/** The command line. */
public final class Main {
  private static final String USAGE =
      """
      usage: tern [--arch amd64|x86] [--libc] [-o FILE] SOURCE... [-- ARGUMENT...]
        --arch  what to compile for (amd64)
        --libc  link against the C library; otherwise the program stands alone
        -o      write the program to FILE; otherwise run it, with the arguments
      """;

  private Target target = Target.AMD64;
  private Library library = Library.NONE;
  private Path output;
  private final List<Path> files = new ArrayList<>();
  private List<String> arguments = List.of();

  private Main() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    System.exit(run(args, System.err));
  }

  /** The exit status: the program's where it runs, otherwise 0, 1 for a refused program, 2. */
  static int run(String[] args, PrintStream err) throws IOException, InterruptedException {
    Main main = new Main();
    if (!main.read(args)) {
      err.print(USAGE);
      return 2;
    }
    try {
      return main.run();
    } catch (Refused e) {
      e.errors().forEach(err::println);
      return 1;
    }
  }

  /** Whether the command line is sound. */
  private boolean read(String[] args) {
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--libc" -> library = Library.C;
        case "--arch" -> {
          String name = ++i < args.length ? args[i] : "";
          target =
              Arrays.stream(Target.values())
                  .filter(t -> t.arch().equals(name.toLowerCase(Locale.ROOT)))
                  .findAny()
                  .orElse(null);
          if (target == null) {
            return false;
          }
        }
        case "-o" -> {
          if (++i == args.length) {
            return false;
          }
          output = Path.of(args[i]);
        }
        case "--" -> {
          arguments = List.of(args).subList(i + 1, args.length);
          return !files.isEmpty();
        }
        default -> {
          if (args[i].startsWith("-")) {
            return false;
          }
          files.add(Path.of(args[i]));
        }
      }
    }
    return !files.isEmpty();
  }

  private static String read(Path file) throws Refused {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      String message = file + ": there is no such file, or it can't be read";
      throw new Refused(List.of(new Error(null, message)));
    }
  }

  private int run() throws Refused, IOException, InterruptedException {
    List<Source> sources = new ArrayList<>();
    for (Path file : files) {
      sources.add(new Source(file.toString(), read(file)));
    }
    if (output != null) {
      Program.build(sources, target, library, OutputSink.path(output));
      return 0;
    }
    try (Memfd program = new Memfd("program")) {
      Program.build(sources, target, library, OutputSink.memory(program));
      return Run.inherited(program, arguments);
    }
  }
}
