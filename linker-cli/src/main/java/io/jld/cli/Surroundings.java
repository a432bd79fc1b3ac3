package io.jld.cli;

import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a command line is run in, and a process has by itself: {@link Main} asks this, and not the
 * process, so that one process can run command lines for others. Only the working directory and the
 * umask are not here: they are those of the calling thread and of {@code helpers}.
 *
 * @param environment the variables
 * @param out standard output
 * @param err standard error
 * @param stderr a symbolic link that tells what file {@code err} is, as {@code /proc/PID/fd/2}
 *     does; null: no terminal
 * @param whyStdout why {@code out} could not be written, asked after it has failed
 * @param arena what the link's files are mapped in; null: an arena of its own. One that is given is
 *     that of a process of its own, which is cold
 * @param helpers run the link's tasks beside the calling thread; null: threads of its own
 * @param threads how many tasks run at once with {@code helpers}
 * @param beforeOutput called when all is done but that the output takes its name; may interrupt the
 *     thread, whose link fails then
 * @param again asked where memory was short: true if nothing is to be said of it, because the
 *     command line will be run once more
 * @param plugins whether linker plug-ins may be loaded; where not, {@link Main#run(String[],
 *     Surroundings)} gives {@link Main#COLD} where one would be, having printed nothing
 * @param linker makes the link
 */
public record Surroundings(
    Map<String, String> environment,
    PrintStream out,
    PrintStream err,
    Path stderr,
    Supplier<String> whyStdout,
    Arena arena,
    Executor helpers,
    int threads,
    Runnable beforeOutput,
    BooleanSupplier again,
    boolean plugins,
    Function<LinkRequest, LinkResult> linker) {

  /** Those of this process, which does nothing else. */
  static Surroundings ofProcess() {
    return inProcess(System.out, System.err, Arena.global());
  }

  /**
   * Those of this process but for its streams.
   *
   * @param arena as above
   */
  static Surroundings inProcess(PrintStream out, PrintStream err, Arena arena) {
    return new Surroundings(
        arena == null ? System.getenv() : ProcessBytes.environment(),
        out,
        err,
        err.equals(System.err) ? Path.of("/proc/self/fd/2") : null,
        () -> why(out),
        arena,
        null,
        0,
        () -> {},
        () -> false,
        true,
        Linker::link);
  }

  /** The stream does not keep the reason; another byte fails for the same. */
  private static String why(PrintStream out) {
    if (out.equals(System.out)) {
      try {
        new FileOutputStream(FileDescriptor.out).write('\n');
      } catch (IOException e) {
        return e.getMessage();
      }
    }
    return "cannot be written";
  }
}
