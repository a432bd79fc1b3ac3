package io.jld.cli;

import io.jld.arch.Arches;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A command line, understood: the link it asks for, and what the program itself has to do. */
final class CommandLine {
  /** What is done in place of a link. */
  enum Action {
    LINK,
    HELP,
    TARGET_HELP,
    VERSION,
    SYSROOT,
    LIST_ARCHS,
    EXPLAIN
  }

  /** Errors that are reported before the rest of the command line is not looked at any more. */
  private static final int MAX_ERRORS = 20;

  private final Map<String, String> environment;
  private final Settings settings = new Settings();
  private final List<Diagnostic> errors = new ArrayList<>();

  private CommandLine(Map<String, String> environment) {
    this.environment = environment;
    if (environment.containsKey(
        "COLLECT_NO_DEMANGLE")) { // collect2 demangles what the linker prints
      settings.set(LinkOption.DEMANGLE, false);
    }
  }

  /**
   * Reads a command line. What is wrong with it is in {@link #errors}.
   *
   * @param args without {@code @FILE}s
   */
  static CommandLine parse(String[] args, Map<String, String> environment) {
    CommandLine line = new CommandLine(environment);
    ArgScanner scanner = new ArgScanner(args);
    while (line.settings.action == Action.LINK && line.errors.size() < MAX_ERRORS) {
      try {
        if (!scanner.advance()) {
          break;
        }
        if (scanner.opt() == null) {
          line.settings.inputs.file(scanner.value());
        } else {
          line.apply(scanner.opt(), scanner.value(), scanner.spelling());
        }
      } catch (UsageException e) {
        line.errors.add(e.diagnostic());
      }
    }
    if (line.settings.action == Action.LINK) {
      line.finish();
    }
    return line;
  }

  private void apply(Opt opt, String value, String spelling) {
    switch (opt.status()) {
      case REFUSED ->
          throw new UsageException(
              DiagnosticCode.UNSUPPORTED_OPTION,
              "option '" + spelling + "' is not supported: " + opt.why());
      case IGNORED -> {}
      case HONOURED -> opt.apply(settings, value, spelling);
    }
  }

  /** Puts together what no option says alone. */
  private void finish() {
    if (!settings.defaultScript.isEmpty() && settings.inputs.script() == null) {
      settings.inputs.script(settings.defaultScript); // GNU ld reads it after all other options
    }
    String missing = settings.inputs.close();
    if (missing != null) {
      settings.warn(
          Diagnostic.warning(
              DiagnosticCode.UNBALANCED_OPTIONS,
              Location.NONE,
              missing + " is missing; it is put at the end of the command line"));
    }
    if (settings.emulation.isEmpty() && settings.arch.isEmpty()) {
      settings.emulation = environment.getOrDefault("LDEMULATION", "");
    }
    if (!settings.sizeReportBase.isEmpty() && settings.sizeReport.isEmpty()) {
      conflict("--size-report-base needs --size-report");
    }
    if (errors.isEmpty()) {
      checkKind(); // else a conflict may only follow from an option that was not understood
    }
    String runPath = environment.getOrDefault("LD_RUN_PATH", "");
    if (!settings.lists.containsKey(LinkOption.RPATH)
        && !runPath.isEmpty()
        && !settings.relocatable) {
      settings.add(LinkOption.RPATH, runPath);
    }
    readScripts();
    if (!settings.chroot.isEmpty()) {
      settings.inputs.chroot(settings.chroot);
      settings
          .lists
          .getOrDefault(LinkOption.LIBRARY_PATH, new ArrayList<>())
          .replaceAll(dir -> dir.startsWith("/") ? settings.chroot + dir : dir);
      boolean inside = settings.sysroot.isEmpty() || settings.sysroot.startsWith("/");
      settings.sysroot = inside ? settings.chroot + settings.sysroot : settings.sysroot;
    }
    for (String dir : standardDirs()) {
      settings.add(LinkOption.LIBRARY_PATH, dir);
    }
    set();
  }

  /** What goes with some kinds of output alone. */
  private void checkKind() {
    if (settings.relocatable && settings.kind != OutputKind.EXECUTABLE) {
      conflict(
          "-r and "
              + (settings.kind == OutputKind.PIE ? "-pie" : "-shared")
              + " may not be used together");
    }
    if (settings.kind != OutputKind.SHARED) {
      for (LinkOption<List<String>> o : List.of(LinkOption.AUXILIARY, LinkOption.FILTER)) {
        if (settings.lists.containsKey(o)) {
          conflict((o == LinkOption.FILTER ? "-F" : "-f") + " may not be used without -shared");
        }
      }
    }
    if (settings.orders.size() > 1) {
      conflict(String.join(" and ", settings.orders) + " may not be used together");
    }
    if (settings.dynamicListData) {
      settings.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.ALL_BUT_DATA);
    }
    if (settings.noDefineCommon) {
      if (settings.kind == OutputKind.SHARED) {
        settings.set(LinkOption.NO_DEFINE_COMMON, true);
      } else {
        conflict("--no-define-common may not be used without -shared");
      }
    }
  }

  private void conflict(String message) {
    errors.add(Diagnostic.error(DiagnosticCode.OPTION_CONFLICT, Location.NONE, message));
  }

  private void readScripts() {
    List<String> dirs = settings.lists.getOrDefault(LinkOption.LIBRARY_PATH, List.of());
    for (Settings.ScriptFile f : settings.scriptFiles) {
      try {
        LinkOption.Script script = Scripts.read("--" + f.option().name(), f.file(), dirs);
        settings.scripts.computeIfAbsent(f.option(), o -> new ArrayList<>()).add(script);
      } catch (UsageException e) {
        errors.add(e.diagnostic());
      }
    }
  }

  /**
   * The architecture as far as the command line has it: its name or an emulation; of this machine
   * by default.
   */
  private String target() {
    if (!settings.arch.isEmpty()) {
      return settings.arch;
    }
    return settings.emulation.isEmpty() ? System.getProperty("os.arch", "") : settings.emulation;
  }

  private void set() {
    for (Map.Entry<LinkOption<List<String>>, List<String>> e : settings.lists.entrySet()) {
      settings.set(e.getKey(), List.copyOf(e.getValue()));
    }
    for (Map.Entry<LinkOption<List<LinkOption.Script>>, List<LinkOption.Script>> e :
        settings.scripts.entrySet()) {
      settings.set(e.getKey(), List.copyOf(e.getValue()));
    }
    settings.z.finish();
    Arches arches = Architectures.installed();
    settings.request.arches(arches).arch(settings.arch);
    // Libraries that are searched for don't say what for, nor do scripts: which files are found
    // depends on it.
    settings.set(LinkOption.FALLBACK_ARCH, System.getProperty("os.arch", ""));
    settings.set(LinkOption.EMULATION, settings.emulation);
    settings.set(LinkOption.SYSROOT, settings.sysroot);
    settings.set(
        LinkOption.OUTPUT_KIND, settings.relocatable ? OutputKind.RELOCATABLE : settings.kind);
    settings.set(LinkOption.PLUGIN, settings.plugins);
    settings.set(LinkOption.SECTION_START, Collections.unmodifiableMap(settings.sectionStart));
    settings.set(LinkOption.FATAL_WARNINGS, settings.fatalWarnings);
    settings.set(LinkOption.NO_WARNINGS, settings.noWarnings);
    settings.request.inputs(settings.inputs.list());
    try {
      if (!isToStdout()) {
        settings.request.output(OutputSink.path(Inputs.path(settings.output)));
      }
      settings.map = mapFile();
      if (settings.debugFile != null) {
        String file = settings.debugFile.isEmpty() ? settings.output + ".dbg" : settings.debugFile;
        settings.set(LinkOption.SEPARATE_DEBUG_FILE, Inputs.path(file));
      }
    } catch (UsageException e) {
      errors.add(e.diagnostic());
    }
  }

  /**
   * GNU ld's rules: {@code %} stands for the output's path; in a directory the map has the output's
   * name.
   */
  private String mapFile() {
    int percent = settings.map.indexOf('%');
    if (percent >= 0) {
      String end = settings.map.substring(percent + 1);
      return settings.map.substring(0, percent) + settings.output + (end.isEmpty() ? ".map" : end);
    }
    if (!settings.map.isEmpty()
        && (settings.map.endsWith("/") || Files.isDirectory(Inputs.path(settings.map)))) {
      return settings.map
          + (settings.map.endsWith("/") ? "" : "/")
          + NameBytes.string(Inputs.path(settings.output).getFileName())
          + ".map";
    }
    return settings.map;
  }

  /** The request; to be completed and built where there are no {@link #errors}. */
  LinkRequest.Builder request() {
    return settings.request;
  }

  Action action() {
    return settings.action;
  }

  String explained() {
    return settings.explained;
  }

  /** Whether nothing is to be linked. */
  boolean isWithoutInputs() {
    return settings.inputs.isEmpty();
  }

  List<Diagnostic> errors() {
    return errors;
  }

  /** Empty where {@code -w} is given. */
  List<Diagnostic> warnings() {
    return settings.noWarnings ? List.of() : settings.warnings;
  }

  boolean isFatalWarnings() {
    return settings.fatalWarnings;
  }

  boolean isShowVersion() {
    return settings.showVersion;
  }

  boolean isShowEmulations() {
    return settings.showEmulations;
  }

  /**
   * The text of the script that replaces the built-in one; null where none does. Of a pipe, whose
   * text the link will need, there is a comment only.
   *
   * @throws UsageException where it can't be read
   */
  String script() {
    if (settings.inputs.script() == null) {
      return null;
    }
    Path file = Inputs.path(settings.inputs.script());
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return "/* " + settings.inputs.script() + " can be read only once */";
    }
    List<String> dirs = settings.lists.getOrDefault(LinkOption.LIBRARY_PATH, List.of());
    return Scripts.read("-T", settings.inputs.script(), dirs).text();
  }

  boolean isVerbose() {
    return settings.verbose;
  }

  boolean isShowFormat() {
    return settings.showFormat;
  }

  /** Whether plug-ins are named. */
  boolean hasPlugins() {
    return !settings.plugins.isEmpty();
  }

  /** Whether there is something to be printed before all inputs are read. */
  boolean printsFirst() {
    return settings.traces > 0
        || settings.verbose
        || settings.showVersion
        || settings.showEmulations
        || settings.showFormat
        || !warnings().isEmpty();
  }

  /** Whether the number of threads was said. */
  boolean isThreadsGiven() {
    return settings.threadsGiven;
  }

  boolean isStats() {
    return settings.stats;
  }

  /** The file for {@code --time-trace}; empty: none. */
  String timeTrace() {
    return settings.timeTrace;
  }

  /** {@code -o -}: the request has no output yet. */
  boolean isToStdout() {
    return settings.output.equals("-");
  }

  /** Whether {@code -o} says the output's name. */
  boolean isOutputNamed() {
    return settings.outputNamed;
  }

  /** The file for {@code -Map}; {@code -} is stdout; empty: none. */
  String map() {
    return settings.map;
  }

  /** The file for {@code --dependency-file}; empty: none. */
  String dependencyFile() {
    return settings.dependencyFile;
  }

  /** The file for {@code --map-json}; {@code -} is stdout; empty: none. The same for the next. */
  String mapJson() {
    return settings.mapJson;
  }

  String sizeReport() {
    return settings.sizeReport;
  }

  /** The file for {@code --size-report-base}; empty: none. */
  String sizeReportBase() {
    return settings.sizeReportBase;
  }

  /** The file for {@code --why-extract}; {@code -} is stdout; empty: none. */
  String whyExtract() {
    return settings.whyExtract;
  }

  /** Whether there may be a line that shows how far the link is. */
  boolean isProgress() {
    return settings.progress;
  }

  /** The archive for {@code --reproduce}; empty: none. */
  String reproduce() {
    return settings.reproduce;
  }

  /** The file for {@code --print-symbol-order}; empty: none. */
  String symbolOrder() {
    return settings.symbolOrder;
  }

  Console.Color color() {
    return settings.color;
  }

  String sysroot() {
    return settings.sysroot;
  }

  /**
   * The name or emulation of the architecture where it is given; empty: the first object decides.
   */
  String archOrEmulation() {
    return settings.arch.isEmpty() ? settings.emulation : settings.arch;
  }

  /** The standard library directories, which are searched last; none with {@code -nostdlib}. */
  List<String> standardDirs() {
    return settings.nostdlib ? List.of() : StandardDirs.of(target());
  }
}
