package io.jld.cli;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The program. Nothing else in jld ends the process or knows its standard streams. */
public final class Main {
  /**
   * What {@link #run(String[], Surroundings)} returns where memory was short and it may try again.
   */
  public static final int AGAIN = -1;

  /**
   * What it returns where plug-ins are wanted, and only a process of the link's own may load them.
   */
  public static final int COLD = -2;

  /** A plug-in is wanted. Nothing here names it as a type, so that other links do not load it. */
  private static final class PluginWanted extends RuntimeException {
    private static final long serialVersionUID = 1;

    private PluginWanted() {
      super(null, null, false, false);
    }

    static void tell() {
      throw new PluginWanted();
    }

    static boolean is(Throwable e) {
      return e instanceof PluginWanted;
    }
  }

  private Main() {}

  /** Links as the arguments say, and ends the process: status 0, or 1 after an error. */
  public static void main(String[] args) {
    int status = run(ProcessBytes.args(args), Surroundings.ofProcess());
    if (status != 0) {
      leaveToSignal();
    }
    // Not exit(): no shutdown hook has anything left to do, and unmapping the inputs one by one
    // would take time.
    Runtime.getRuntime().halt(status);
  }

  /** Where a signal ends the process, which is why the link has failed, the status is its. */
  private static void leaveToSignal() {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {}));
    } catch (IllegalStateException e) { // the hooks are running
      while (true) {
        LockSupport.park();
      }
    }
  }

  /**
   * Runs one command line in this process. May be called from several threads at once.
   *
   * @param args as GNU ld's, without the program's name
   * @param out what options ask to be printed
   * @param err diagnostics
   * @return 0, or 1 after an error
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, Surroundings.inProcess(out, err, null));
  }

  /**
   * As above, in surroundings that the caller chooses.
   *
   * @return 0, or 1 after an error, or {@link #AGAIN}, or {@link #COLD}
   */
  public static int run(String[] args, Surroundings around) {
    Console console = new Console(around);
    int status = 1;
    try {
      status = run(args, console, around);
    } catch (UsageException e) {
      console.print(List.of(e.diagnostic()));
    } catch (OutOfMemoryError e) {
      if (around.again().getAsBoolean()) {
        return AGAIN;
      }
      console.error(
          DiagnosticCode.OUT_OF_MEMORY,
          "out of memory: " + e.getMessage() + "; more of it: JLD_JAVA_OPTS=-Xmx8g");
      console.trace(e);
    } catch (StackOverflowError e) {
      console.error(
          DiagnosticCode.NESTED_TOO_DEEPLY, "an input is nested too deeply: the stack is full");
      console.trace(e);
    } catch (RuntimeException | Error e) {
      if (!around.plugins() && PluginWanted.is(e)) {
        return COLD;
      }
      console.error(
          DiagnosticCode.INTERNAL_ERROR,
          "internal error: " + e + "; please report it (JLD_DEBUG=1 shows where)");
      console.trace(e);
    }
    return console.end(status == 0) ? status : 1;
  }

  private static int run(String[] args, Console console, Surroundings around) {
    String[] all = ResponseFiles.expand(args);
    CommandLine line = CommandLine.parse(all, around.environment());
    console.color(line.color());
    switch (line.action()) {
      case HELP -> Help.print(console);
      case TARGET_HELP -> Help.printKeywords(console);
      case LIST_ARCHS -> Help.printArchs(console);
      case EXPLAIN -> {
        return Explain.print(line.explained(), console) ? 0 : 1;
      }
      case VERSION -> Version.print(console);
      case SYSROOT -> {
        if (!line.sysroot().isEmpty()) {
          console.out(line.sysroot());
        }
      }
      case LINK -> {
        return link(line, all, console, around);
      }
    }
    return 0;
  }

  private static int link(CommandLine line, String[] args, Console console, Surroundings around) {
    if (!around.plugins() && line.hasPlugins() && line.printsFirst()) {
      return COLD; // should a plug-in be wanted then, it would be too late to say so
    }
    boolean shown = show(line, console);
    console.print(line.warnings());
    console.print(line.errors());
    if (!line.errors().isEmpty()) {
      return 1;
    }
    if (line.isWithoutInputs()) {
      if (shown) {
        arch(line.archOrEmulation()); // "ld -m NAME -v" asks whether it is known
        return 0;
      }
      console.error(DiagnosticCode.NO_INPUTS, "no input files");
      return 1;
    }
    if (line.isFatalWarnings() && !line.warnings().isEmpty()) {
      console.error(DiagnosticCode.FATAL_WARNINGS, "warnings are errors (--fatal-warnings)");
      return 1;
    }
    LinkRequest.Builder request = line.request().messages(console);
    if (around.arena() != null) { // a process of its own
      request.arena(around.arena()).set(LinkOption.COLD, !line.isThreadsGiven());
    }
    if (around.helpers() != null && !line.isThreadsGiven()) {
      request.executor(around.helpers(), around.threads());
    }
    if (!around.plugins()) {
      request.beforePlugins(PluginWanted::tell);
    }
    console.print(Architectures.unusable());
    if (line.isToStdout()) {
      request.output(OutputSink.stream("-", console.takeStdout()));
    }
    Reproduction reproduction =
        line.reproduce().isEmpty() ? null : new Reproduction(line.reproduce(), args);
    if (reproduction != null) {
      request.set(LinkOption.INPUT_FILES, reproduction::add);
    }
    try (Progress progress = line.isProgress() ? console.progress() : null;
        Reports reports = new Reports(console)) {
      request.set(LinkOption.OUTPUT_NAMED, line.isOutputNamed());
      request.set(LinkOption.MAP, reports.sink(line.map()));
      request.set(LinkOption.DEPENDENCY_FILE, reports.sink(line.dependencyFile()));
      request.set(LinkOption.WHY_EXTRACT, reports.sink(line.whyExtract()));
      if (!line.mapJson().isEmpty() || !line.sizeReport().isEmpty()) {
        request.set(LinkOption.MAP_SINKS, MapReports.of(line, reports));
      }
      request.set(LinkOption.PROGRESS, progress);
      request.set(LinkOption.PRINT_SYMBOL_ORDER, reports.sink(line.symbolOrder()));
      Consumer<String> trace = reports.sink(line.timeTrace());
      request.beforeOutput(
          result -> {
            if (line.isStats()) {
              Stats.print(result, console);
            }
            if (trace != null) {
              trace.accept(TimeTrace.json(result));
            }
            reports.finish();
            if (reproduction != null) {
              reproduction.write();
            }
            around.beforeOutput().run();
          });
      LinkResult result = around.linker().apply(request.build());
      console.print(result.diagnostics());
      return 0;
    } catch (LinkException e) {
      if (e.getCause() instanceof VirtualMachineError full) {
        throw full; // there is something to say of it that only the program knows
      }
      console.print(e.diagnostics());
      if (reproduction != null) {
        reproduction.write(); // a link that fails is what it is mostly for
      }
      if (e.getCause() != null) {
        console.trace(e.getCause());
      }
      return 1;
    }
  }

  /** Prints what options ask for before the link; true if there was something. */
  private static boolean show(CommandLine line, Console console) {
    if (line.isShowVersion()) {
      console.out(Version.line());
    }
    if (line.isShowEmulations()) {
      Version.printEmulations(console);
    }
    if (line.isVerbose()) {
      printScript(line, console);
    }
    if (line.isShowFormat()) {
      console.out(format(line.archOrEmulation()));
    }
    return line.isShowVersion() || line.isShowFormat();
  }

  /** A script with {@code INSERT} changes the built-in one, and does not replace it. */
  private static final Pattern INSERT = Pattern.compile("\\bINSERT\\s+(AFTER|BEFORE)\\s");

  /**
   * The script in force between lines of {@code =}, from where others take the library directories,
   * or all of it, to change it and give it back with {@code -T}.
   */
  private static void printScript(CommandLine line, Console console) {
    String given = line.script();
    boolean external = given != null && !INSERT.matcher(given).find();
    console.out("using " + (external ? "external" : "internal") + " linker script:");
    console.out("=".repeat(50));
    if (external) {
      console.out(given.endsWith("\n") ? given.substring(0, given.length() - 1) : given);
    } else {
      Arch arch = arch(line.archOrEmulation());
      String format = arch.info().outputFormats().getFirst();
      console.out("OUTPUT_FORMAT(\"" + String.join("\", \"", format, format, format) + "\")");
      for (String dir : line.standardDirs()) {
        console.out("SEARCH_DIR(\"" + dir + "\");");
      }
      String text = Linker.builtInScript(arch, line.request().build());
      console.out(text.substring(0, text.length() - 1));
    }
    console.out("=".repeat(50));
  }

  private static String format(String archOrEmulation) {
    return arch(archOrEmulation).info().outputFormats().getFirst();
  }

  /** The architecture of this name or emulation; the first one for an empty string. */
  private static Arch arch(String archOrEmulation) {
    Arches arches = Architectures.installed();
    if (archOrEmulation.isEmpty()) {
      return arches.sorted().stream()
          .findFirst()
          .orElseThrow(
              () ->
                  new UsageException(
                      DiagnosticCode.UNKNOWN_ARCHITECTURE, "no architecture is installed"));
    }
    return arches
        .byName(archOrEmulation)
        .or(() -> arches.byEmulation(archOrEmulation))
        .orElseThrow(
            () ->
                new UsageException(
                    DiagnosticCode.UNKNOWN_ARCHITECTURE, arches.noEmulation(archOrEmulation)));
  }
}
