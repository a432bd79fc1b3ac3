package io.jld.cli;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.NameBytes;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A command line, understood: the link it asks for, and what the program itself has to do. */
final class CommandLine {
  /** What is done in place of a link. */
  enum Action {
    LINK,
    HELP,
    TARGET_HELP,
    VERSION,
    SYSROOT
  }

  /** Errors that are reported before the rest of the command line is not looked at any more. */
  private static final int MAX_ERRORS = 20;

  private final LinkRequest.Builder request = LinkRequest.builder();
  private final Map<String, String> environment;
  private final Inputs inputs = new Inputs();
  private final ZOptions z = new ZOptions(request);
  private final Map<LinkOption<List<String>>, List<String>> lists = new HashMap<>();
  private final Map<LinkOption<List<LinkOption.Script>>, List<LinkOption.Script>> scripts =
      new HashMap<>();
  private final Map<String, Long> sectionStart = new LinkedHashMap<>();

  /**
   * Script files by option, to be read when all of {@code -L} is known: option, file, option, file.
   */
  private final List<Object> scriptFiles = new ArrayList<>();

  private final List<String> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private Action action = Action.LINK;
  private OutputKind kind = OutputKind.EXECUTABLE;
  private boolean relocatable;
  private boolean nostdlib;
  private boolean dynamicListData;
  private boolean noDefineCommon;
  private boolean fatalWarnings;
  private boolean noWarnings;
  private boolean showVersion;
  private boolean showEmulations;
  private boolean verbose;
  private String defaultScript = "";
  private boolean showFormat;
  private boolean stats;
  private boolean threadsGiven;
  private String output = "a.out";
  private boolean outputNamed;
  private int traces;
  private String map = "";
  private String dependencyFile = "";
  private String timeTrace = "";
  private String arch = "";
  private String emulation = "";
  private String sysroot = "";
  private Console.Color color = Console.Color.AUTO;

  private CommandLine(Map<String, String> environment) {
    this.environment = environment;
    if (environment.containsKey(
        "COLLECT_NO_DEMANGLE")) { // collect2 demangles what the linker prints
      request.set(LinkOption.DEMANGLE, false);
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
    while (line.action == Action.LINK && line.errors.size() < MAX_ERRORS) {
      try {
        if (!scanner.advance()) {
          break;
        }
        if (scanner.opt() == null) {
          line.inputs.file(scanner.value());
        } else {
          line.apply(scanner.opt(), scanner.value(), scanner.spelling());
        }
      } catch (UsageException e) {
        line.errors.add(e.getMessage());
      }
    }
    if (line.action == Action.LINK) {
      line.finish();
    }
    return line;
  }

  private void apply(Opt opt, String value, String spelling) {
    if (opt.status() == Status.REFUSED) {
      throw new UsageException("option '" + spelling + "' is not supported: " + opt.why());
    }
    switch (opt) {
      case OUTPUT -> {
        output = value;
        outputNamed = true;
      }
      case SHARED -> kind = OutputKind.SHARED;
      case PIE -> kind = OutputKind.PIE;
      case NO_PIE -> kind = OutputKind.EXECUTABLE;
      case RELOCATABLE -> relocatable = true;
      case ARCHIVE -> {
        relocatable = true;
        request.set(LinkOption.ARCHIVE, true);
      }
      case ENTRY -> request.set(LinkOption.ENTRY, value);
      case ARCH -> arch = value;
      case EMULATION -> emulation = value;
      case OFORMAT -> outputFormat(value);
      case INIT -> request.set(LinkOption.INIT, value);
      case FINI -> request.set(LinkOption.FINI, value);
      case BUILD_ID -> warn(Values.buildId(request, value));
      case PACKAGE_METADATA -> request.set(LinkOption.PACKAGE_METADATA, value == null ? "" : value);
      case COMPRESS_DEBUG -> Values.compressDebug(request, value);
      case DEPENDENCY_FILE -> dependencyFile = value;
      case NOINHIBIT_EXEC -> request.set(LinkOption.NOINHIBIT_EXEC, true);
      case THREADS, THREAD_COUNT -> threads(value);
      case NO_THREADS -> threads("1");

      case LIBRARY -> inputs.library(value);
      case LIBRARY_PATH -> add(LinkOption.LIBRARY_PATH, value);
      case SYSROOT -> sysroot = value;
      case NOSTDLIB -> nostdlib = true;
      case START_GROUP -> inputs.startGroup();
      case END_GROUP -> inputs.endGroup();
      case START_LIB -> inputs.startLib();
      case END_LIB -> inputs.endLib();
      case WHOLE_ARCHIVE -> inputs.flags(inputs.flags().withWholeArchive(true));
      case NO_WHOLE_ARCHIVE -> inputs.flags(inputs.flags().withWholeArchive(false));
      case AS_NEEDED -> inputs.flags(inputs.flags().withAsNeeded(true));
      case NO_AS_NEEDED -> inputs.flags(inputs.flags().withAsNeeded(false));
      case COPY_DT_NEEDED -> inputs.flags(inputs.flags().withCopyDtNeeded(true));
      case NO_COPY_DT_NEEDED -> inputs.flags(inputs.flags().withCopyDtNeeded(false));
      case BSTATIC -> inputs.flags(inputs.flags().withStaticOnly(true));
      case BDYNAMIC -> inputs.flags(inputs.flags().withStaticOnly(false));
      case A_KEYWORD -> sharedLibraries(value);
      case PUSH_STATE -> inputs.push();
      case POP_STATE -> inputs.pop();
      case SCRIPT -> inputs.script(value);
      case MRI_SCRIPT -> inputs.mriScript(value);
      case DEFAULT_SCRIPT -> defaultScript = value;
      case JUST_SYMBOLS -> justSymbols(value);
      case FORMAT -> inputs.binary(Values.isBinary(value));
      case Y_PATH ->
          addAll(
              LinkOption.LIBRARY_PATH,
              value.startsWith("P,") ? value.substring(2) : value,
              ':',
              ':');

      case NO_WARN_SEARCH_MISMATCH -> request.set(LinkOption.WARN_SEARCH_MISMATCH, false);

      case UNDEFINED -> add(LinkOption.UNDEFINED, value);
      case REQUIRE_DEFINED -> add(LinkOption.REQUIRE_DEFINED, value);
      case DEFSYM -> define(value);
      case WRAP -> add(LinkOption.WRAP, value);
      case NO_UNDEFINED -> request.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.REPORT_ALL);
      case UNRESOLVED -> Values.unresolved(request, value);
      case IGNORE_UNRESOLVED -> add(LinkOption.IGNORE_UNRESOLVED, value);
      case WARN_UNRESOLVED -> request.set(LinkOption.WARN_UNRESOLVED, true);
      case ERROR_UNRESOLVED -> request.set(LinkOption.WARN_UNRESOLVED, false);
      case ALLOW_SHLIB_UNDEFINED -> request.set(LinkOption.ALLOW_SHLIB_UNDEFINED, true);
      case NO_ALLOW_SHLIB_UNDEFINED -> request.set(LinkOption.ALLOW_SHLIB_UNDEFINED, false);
      case ALLOW_MULTIPLE_DEFINITION -> request.set(LinkOption.ALLOW_MULTIPLE_DEFINITION, true);
      case DISABLE_MULTIPLE_ABS_DEFS -> request.set(LinkOption.DISABLE_MULTIPLE_ABS_DEFS, true);
      case DEFAULT_SYMVER -> request.set(LinkOption.DEFAULT_SYMVER, true);
      case DEFAULT_IMPORTED_SYMVER -> request.set(LinkOption.DEFAULT_IMPORTED_SYMVER, true);
      case VERSION_SCRIPT -> script(LinkOption.VERSION_SCRIPT, value);
      case UNDEFINED_VERSION -> request.set(LinkOption.NO_UNDEFINED_VERSION, false);
      case NO_UNDEFINED_VERSION -> request.set(LinkOption.NO_UNDEFINED_VERSION, true);
      case DYNAMIC_LIST -> script(LinkOption.DYNAMIC_LIST, value);
      case DYNAMIC_LIST_CPP_NEW -> dynamicList(spelling, "{ _Znw*; _Zna*; _Zdl*; _Zda*; };");
      case DYNAMIC_LIST_CPP_TYPEINFO -> dynamicList(spelling, "{ _ZTS*; _ZTI*; };");
      case DYNAMIC_LIST_DATA -> dynamicListData = true;
      case EXPORT_DYNAMIC -> request.set(LinkOption.EXPORT_DYNAMIC, true);
      case NO_EXPORT_DYNAMIC -> request.set(LinkOption.EXPORT_DYNAMIC, false);
      case EXPORT_DYNAMIC_SYMBOL -> add(LinkOption.EXPORT_DYNAMIC_SYMBOL, value);
      case EXPORT_DYNAMIC_SYMBOL_LIST -> script(LinkOption.EXPORT_DYNAMIC_SYMBOL_LIST, value);
      case BSYMBOLIC -> request.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.ALL);
      case BSYMBOLIC_FUNCTIONS -> request.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.FUNCTIONS);
      case BNO_SYMBOLIC -> request.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.NONE);
      case EXCLUDE_LIBS -> addAll(LinkOption.EXCLUDE_LIBS, value, ',', ':');

      case GC_SECTIONS -> request.set(LinkOption.GC_SECTIONS, true);
      case NO_GC_SECTIONS -> request.set(LinkOption.GC_SECTIONS, false);
      case GC_KEEP_EXPORTED -> request.set(LinkOption.GC_KEEP_EXPORTED, true);
      case RELAX -> request.set(LinkOption.RELAX, true);
      case NO_RELAX -> request.set(LinkOption.RELAX, false);
      case OPTIMIZE -> request.set(LinkOption.OPTIMIZE, Numbers.count(value, 0, "level for -O"));
      case STRIP_ALL -> strip(LinkOption.Strip.ALL, null);
      case STRIP_DEBUG -> strip(LinkOption.Strip.DEBUG, null);
      case RETAIN_SYMBOLS_FILE -> strip(LinkOption.Strip.NONE, Scripts.names(spelling, value));
      case DISCARD_ALL -> request.set(LinkOption.DISCARD, LinkOption.Discard.ALL);
      case DISCARD_LOCALS -> request.set(LinkOption.DISCARD, LinkOption.Discard.LOCALS);
      case DISCARD_NONE -> request.set(LinkOption.DISCARD, LinkOption.Discard.NONE);
      case DEFINE_COMMON -> request.set(LinkOption.DEFINE_COMMON, true);
      case NO_DEFINE_COMMON -> noDefineCommon = true;
      case SORT_COMMON -> Values.sortCommon(request, value);
      case FORCE_GROUP_ALLOCATION -> request.set(LinkOption.FORCE_GROUP_ALLOCATION, true);
      case EMIT_RELOCS -> request.set(LinkOption.EMIT_RELOCS, true);
      case NMAGIC -> magic(LinkOption.Magic.NMAGIC);
      case OMAGIC -> magic(LinkOption.Magic.OMAGIC);
      case NO_OMAGIC -> magic(LinkOption.Magic.DEMAND_PAGED);
      case TRODATA_SEGMENT -> request.set(LinkOption.RODATA_SEGMENT, Numbers.hex(value, spelling));
      case IMAGE_BASE ->
          request.set(LinkOption.IMAGE_BASE, Numbers.c(value, "address for --image-base"));
      case TTEXT_SEGMENT -> request.set(LinkOption.IMAGE_BASE, Numbers.hex(value, spelling));
      case TTEXT -> sectionStart.put(".text", Numbers.hex(value, spelling));
      case TDATA -> sectionStart.put(".data", Numbers.hex(value, spelling));
      case TBSS -> sectionStart.put(".bss", Numbers.hex(value, spelling));
      case SECTION_START -> sectionStart(value, spelling);
      case SORT_SECTION -> {
        Values.check(spelling, value, "name", "alignment", "none");
        request.set(
            LinkOption.SORT_SECTION,
            LinkOption.SortSection.valueOf(value.toUpperCase(Locale.ROOT)));
      }
      case PRINT_MEMORY_USAGE -> request.set(LinkOption.PRINT_MEMORY_USAGE, true);
      case CHECK_SECTIONS -> request.set(LinkOption.CHECK_SECTIONS, true);
      case NO_CHECK_SECTIONS -> request.set(LinkOption.CHECK_SECTIONS, false);
      case UNIQUE -> add(LinkOption.UNIQUE, value == null ? "" : value);
      case ORPHAN_HANDLING -> {
        Values.check(spelling, value, "place", "warn", "error", "discard");
        request.set(
            LinkOption.ORPHAN_HANDLING,
            LinkOption.OrphanHandling.valueOf(value.toUpperCase(Locale.ROOT)));
      }

      case DYNAMIC_LINKER -> request.set(LinkOption.DYNAMIC_LINKER, value);
      case NO_DYNAMIC_LINKER -> request.set(LinkOption.NO_DYNAMIC_LINKER, true);
      case SONAME -> request.set(LinkOption.SONAME, value);
      case RPATH -> add(LinkOption.RPATH, value);
      case RPATH_LINK -> add(LinkOption.RPATH_LINK, value);
      case ENABLE_NEW_DTAGS -> request.set(LinkOption.NEW_DTAGS, true);
      case DISABLE_NEW_DTAGS -> request.set(LinkOption.NEW_DTAGS, false);
      case HASH_STYLE -> Values.hashStyle(request, value);
      case EH_FRAME_HDR -> request.set(LinkOption.EH_FRAME_HDR, true);
      case NO_EH_FRAME_HDR -> request.set(LinkOption.EH_FRAME_HDR, false);
      case UNWIND_INFO -> request.set(LinkOption.PLT_UNWIND_INFO, true);
      case NO_UNWIND_INFO -> request.set(LinkOption.PLT_UNWIND_INFO, false);
      case AUXILIARY -> add(LinkOption.AUXILIARY, value);
      case FILTER -> add(LinkOption.FILTER, value);
      case AUDIT -> add(LinkOption.AUDIT, value);
      case DEPAUDIT -> add(LinkOption.DEPAUDIT, value);
      case Z -> warn(z.apply(value));

      case HELP -> action = Action.HELP;
      case TARGET_HELP -> action = Action.TARGET_HELP;
      case VERSION -> action = Action.VERSION;
      case PRINT_SYSROOT -> action = Action.SYSROOT;
      case PRINT_OUTPUT_FORMAT -> showFormat = true;
      case V -> showVersion = true;
      case V_EMULATIONS -> {
        showVersion = true;
        showEmulations = true;
      }
      case VERBOSE -> {
        showVersion = true;
        showEmulations = true;
        verbose = true;
        request.set(LinkOption.TRACE, LinkOption.Trace.TRIES);
      }
      case TRACE -> {
        traces++;
        if (!verbose) {
          request.set(
              LinkOption.TRACE, traces > 1 ? LinkOption.Trace.MEMBERS : LinkOption.Trace.FILES);
        }
      }
      case TRACE_SYMBOL -> add(LinkOption.TRACE_SYMBOL, value);
      case PRINT_MAP -> map = "-";
      case MAP -> map = value;
      case PRINT_MAP_DISCARDED -> request.set(LinkOption.MAP_DISCARDED, true);
      case NO_PRINT_MAP_DISCARDED -> request.set(LinkOption.MAP_DISCARDED, false);
      case CREF -> request.set(LinkOption.CREF, true);
      case PRINT_GC_SECTIONS -> request.set(LinkOption.PRINT_GC_SECTIONS, true);
      case NO_PRINT_GC_SECTIONS -> request.set(LinkOption.PRINT_GC_SECTIONS, false);
      case WHY_LIVE -> add(LinkOption.WHY_LIVE, value);
      case PRINT_BLOCKS -> request.set(LinkOption.PRINT_BLOCKS, true);
      case STATS -> stats = true;
      case TIME_TRACE -> {
        timeTrace = value;
        request.set(LinkOption.TIME_TRACE, true);
      }
      case FATAL_WARNINGS -> fatalWarnings = true;
      case NO_FATAL_WARNINGS -> fatalWarnings = false;
      case NO_WARNINGS -> noWarnings = true;
      case WARN_COMMON -> request.set(LinkOption.WARN_COMMON, true);
      case WARN_TEXTREL ->
          request.set(LinkOption.TEXT_RELOCATIONS, LinkOption.TextRelocations.WARN);
      case WARN_EXECSTACK -> request.set(LinkOption.WARN_EXECSTACK, true);
      case NO_WARN_EXECSTACK -> request.set(LinkOption.WARN_EXECSTACK, false);
      case ERROR_LIMIT ->
          request.set(LinkOption.ERROR_LIMIT, Numbers.count(value, 0, "number for --error-limit"));
      case COLOR -> color(value);
      case NO_COLOR -> color = Console.Color.NEVER;
      case DEMANGLE -> request.set(LinkOption.DEMANGLE, true);
      case NO_DEMANGLE -> request.set(LinkOption.DEMANGLE, false);
      default -> {
        if (opt.status() != Status.IGNORED) {
          throw new AssertionError(opt);
        }
      }
    }
  }

  /**
   * The last of {@code -s}, {@code -S} and {@code --retain-symbols-file} counts.
   *
   * @param retained null for all
   */
  private void strip(LinkOption.Strip what, Set<String> retained) {
    request.set(LinkOption.STRIP, what);
    request.set(LinkOption.RETAIN_SYMBOLS, retained);
  }

  private void add(LinkOption<List<String>> option, String value) {
    List<String> list = lists.get(option);
    if (list == null) {
      list = new ArrayList<>();
      lists.put(option, list);
    }
    list.add(value);
  }

  /** Adds the parts of a list, which either of two characters separates; empty ones are none. */
  private void addAll(LinkOption<List<String>> option, String value, char separator, char other) {
    int start = 0;
    for (int i = 0; i <= value.length(); i++) {
      if (i == value.length() || value.charAt(i) == separator || value.charAt(i) == other) {
        if (i > start) {
          add(option, value.substring(start, i));
        }
        start = i + 1;
      }
    }
  }

  private void script(LinkOption<List<LinkOption.Script>> option, String file) {
    scriptFiles.add(option);
    scriptFiles.add(file);
  }

  private void dynamicList(String name, String text) {
    scripts
        .computeIfAbsent(LinkOption.DYNAMIC_LIST, o -> new ArrayList<>())
        .add(new LinkOption.Script(name, text));
  }

  private void warn(String message) {
    if (message != null) {
      warnings.add(message);
    }
  }

  private void magic(LinkOption.Magic magic) {
    request.set(LinkOption.MAGIC, magic);
    inputs.flags(inputs.flags().withStaticOnly(magic != LinkOption.Magic.DEMAND_PAGED));
  }

  private void outputFormat(String value) {
    Arch found = Architectures.installed().byOutputFormat(value).orElse(null);
    if (found != null) {
      arch = found.info().name();
    } else if (value.equals("binary")) {
      request.set(LinkOption.OUTPUT_FORMAT, value);
    } else if (!value.equals("default")) {
      throw new UsageException(
          "output format '" + value + "' is not supported: binary and the ELF formats are");
    }
  }

  private void threads(String value) {
    if (value != null) {
      request.threads(Numbers.count(value, 1, "number of threads"));
      threadsGiven = true;
    }
  }

  private void sharedLibraries(String keyword) {
    Values.check("-a", keyword, "archive", "shared", "default");
    inputs.flags(inputs.flags().withStaticOnly(keyword.equals("archive")));
  }

  private void justSymbols(String value) {
    Path path = Inputs.path(value);
    if (Files.exists(path) && !Files.isDirectory(path)) {
      inputs.justSymbols(path);
    } else {
      add(LinkOption.RPATH, value);
    }
  }

  private void define(String value) {
    int equals = value.indexOf('=');
    String name = equals < 0 ? "" : value.substring(0, equals).strip();
    String expression = value.substring(equals + 1).strip();
    if (name.isEmpty() || expression.isEmpty()) {
      throw new UsageException("invalid --defsym '" + value + "': SYMBOL=EXPRESSION");
    }
    inputs.defsym(name, expression);
  }

  private void sectionStart(String value, String spelling) {
    int equals = value.indexOf('=');
    if (equals <= 0) {
      throw new UsageException("invalid --section-start '" + value + "': SECTION=ADDRESS");
    }
    sectionStart.put(
        value.substring(0, equals), Numbers.hex(value.substring(equals + 1), spelling));
  }

  private void color(String value) {
    String when = value == null ? "always" : value;
    Values.check("--color-diagnostics", when, "auto", "always", "never");
    color =
        switch (when) {
          case "always" -> Console.Color.ALWAYS;
          case "never" -> Console.Color.NEVER;
          default -> Console.Color.AUTO;
        };
  }

  /** Puts together what no option says alone. */
  private void finish() {
    if (!defaultScript.isEmpty() && inputs.script() == null) {
      inputs.script(defaultScript); // GNU ld reads it after all other options
    }
    String missing = inputs.close();
    if (missing != null) {
      warn(missing + " is missing; it is put at the end of the command line");
    }
    if (emulation.isEmpty() && arch.isEmpty()) {
      emulation = environment.getOrDefault("LDEMULATION", "");
    }
    if (errors.isEmpty()) {
      checkKind(); // else a conflict may only follow from an option that was not understood
    }
    String runPath = environment.getOrDefault("LD_RUN_PATH", "");
    if (!lists.containsKey(LinkOption.RPATH) && !runPath.isEmpty() && !relocatable) {
      add(LinkOption.RPATH, runPath);
    }
    readScripts();
    for (String dir : standardDirs()) {
      add(LinkOption.LIBRARY_PATH, dir);
    }
    set();
  }

  /** What goes with some kinds of output alone. */
  private void checkKind() {
    if (relocatable && kind != OutputKind.EXECUTABLE) {
      errors.add(
          "-r and " + (kind == OutputKind.PIE ? "-pie" : "-shared") + " may not be used together");
    }
    if (kind != OutputKind.SHARED) {
      for (LinkOption<List<String>> o : List.of(LinkOption.AUXILIARY, LinkOption.FILTER)) {
        if (lists.containsKey(o)) {
          errors.add((o == LinkOption.FILTER ? "-F" : "-f") + " may not be used without -shared");
        }
      }
    }
    if (dynamicListData) {
      request.set(LinkOption.SYMBOLIC, LinkOption.Symbolic.ALL_BUT_DATA);
    }
    if (noDefineCommon) {
      if (kind == OutputKind.SHARED) {
        request.set(LinkOption.NO_DEFINE_COMMON, true);
      } else {
        errors.add("--no-define-common may not be used without -shared");
      }
    }
  }

  private void readScripts() {
    List<String> dirs = lists.getOrDefault(LinkOption.LIBRARY_PATH, List.of());
    for (int i = 0; i < scriptFiles.size(); i += 2) {
      try {
        @SuppressWarnings("unchecked") // script() is the only writer
        LinkOption<List<LinkOption.Script>> option =
            (LinkOption<List<LinkOption.Script>>) scriptFiles.get(i);
        LinkOption.Script script =
            Scripts.read("--" + option.name(), (String) scriptFiles.get(i + 1), dirs);
        scripts.computeIfAbsent(option, o -> new ArrayList<>()).add(script);
      } catch (UsageException e) {
        errors.add(e.getMessage());
      }
    }
  }

  /**
   * The architecture as far as the command line has it: its name or an emulation; of this machine
   * by default.
   */
  private String target() {
    if (!arch.isEmpty()) {
      return arch;
    }
    return emulation.isEmpty() ? System.getProperty("os.arch", "") : emulation;
  }

  private void set() {
    for (Map.Entry<LinkOption<List<String>>, List<String>> e : lists.entrySet()) {
      request.set(e.getKey(), List.copyOf(e.getValue()));
    }
    for (Map.Entry<LinkOption<List<LinkOption.Script>>, List<LinkOption.Script>> e :
        scripts.entrySet()) {
      request.set(e.getKey(), List.copyOf(e.getValue()));
    }
    z.finish();
    Arches arches = Architectures.installed();
    request.arches(arches).arch(arch);
    // Libraries that are searched for don't say what for, nor do scripts: which files are found
    // depends on it.
    request.set(LinkOption.FALLBACK_ARCH, System.getProperty("os.arch", ""));
    request.set(LinkOption.EMULATION, emulation);
    request.set(LinkOption.SYSROOT, sysroot);
    request.set(LinkOption.OUTPUT_KIND, relocatable ? OutputKind.RELOCATABLE : kind);
    request.set(LinkOption.SECTION_START, Collections.unmodifiableMap(sectionStart));
    request.set(LinkOption.FATAL_WARNINGS, fatalWarnings);
    request.set(LinkOption.NO_WARNINGS, noWarnings);
    request.inputs(inputs.list());
    try {
      if (!isToStdout()) {
        request.output(OutputSink.path(Inputs.path(output)));
      }
      map = mapFile();
    } catch (UsageException e) {
      errors.add(e.getMessage());
    }
  }

  /**
   * GNU ld's rules: {@code %} stands for the output's path; in a directory the map has the output's
   * name.
   */
  private String mapFile() {
    int percent = map.indexOf('%');
    if (percent >= 0) {
      String end = map.substring(percent + 1);
      return map.substring(0, percent) + output + (end.isEmpty() ? ".map" : end);
    }
    if (!map.isEmpty() && (map.endsWith("/") || Files.isDirectory(Inputs.path(map)))) {
      return map
          + (map.endsWith("/") ? "" : "/")
          + NameBytes.string(Inputs.path(output).getFileName())
          + ".map";
    }
    return map;
  }

  /** The request; to be completed and built where there are no {@link #errors}. */
  LinkRequest.Builder request() {
    return request;
  }

  Action action() {
    return action;
  }

  /** Whether nothing is to be linked. */
  boolean isWithoutInputs() {
    return inputs.isEmpty();
  }

  List<String> errors() {
    return errors;
  }

  /** Empty where {@code -w} is given. */
  List<String> warnings() {
    return noWarnings ? List.of() : warnings;
  }

  boolean isFatalWarnings() {
    return fatalWarnings;
  }

  boolean isShowVersion() {
    return showVersion;
  }

  boolean isShowEmulations() {
    return showEmulations;
  }

  /**
   * The text of the script that replaces the built-in one; null where none does.
   *
   * @throws UsageException where it can't be read
   */
  String script() {
    if (inputs.script() == null) {
      return null;
    }
    List<String> dirs = lists.getOrDefault(LinkOption.LIBRARY_PATH, List.of());
    return Scripts.read("-T", inputs.script(), dirs).text();
  }

  boolean isVerbose() {
    return verbose;
  }

  boolean isShowFormat() {
    return showFormat;
  }

  /** Whether the number of threads was said. */
  boolean isThreadsGiven() {
    return threadsGiven;
  }

  boolean isStats() {
    return stats;
  }

  /** The file for {@code --time-trace}; empty: none. */
  String timeTrace() {
    return timeTrace;
  }

  /** {@code -o -}: the request has no output yet. */
  boolean isToStdout() {
    return output.equals("-");
  }

  /** Whether {@code -o} says the output's name. */
  boolean isOutputNamed() {
    return outputNamed;
  }

  /** The file for {@code -Map}; {@code -} is stdout; empty: none. */
  String map() {
    return map;
  }

  /** The file for {@code --dependency-file}; empty: none. */
  String dependencyFile() {
    return dependencyFile;
  }

  Console.Color color() {
    return color;
  }

  String sysroot() {
    return sysroot;
  }

  /**
   * The name or emulation of the architecture where it is given; empty: the first object decides.
   */
  String archOrEmulation() {
    return arch.isEmpty() ? emulation : arch;
  }

  /** The standard library directories, which are searched last; none with {@code -nostdlib}. */
  List<String> standardDirs() {
    return nostdlib ? List.of() : StandardDirs.of(target());
  }
}
