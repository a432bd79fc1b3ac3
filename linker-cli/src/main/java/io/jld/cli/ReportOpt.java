package io.jld.cli;

import static io.jld.cli.Status.IGNORED;

import io.jld.link.LinkOption;

/** What is printed, where to, and what becomes of warnings. */
enum ReportOpt implements Opt {
  HELP("--help", "", "Print this and stop"),
  TARGET_HELP("--target-help", "", "Print the keywords of -z and stop"),
  LIST_ARCHS("--list-archs!", "", "Print the names of the architectures, one on a line, and stop"),
  EXPLAIN("--explain", "CODE", "Print the cause and the cure of a message with this code and stop"),
  VERSION("--version", "", "Print the version and stop"),
  V("-v", "", "Print the version; go on if there are inputs"),
  V_EMULATIONS("-V", "", "As -v, with the emulations"),
  VERBOSE(
      "--verbose --dll-verbose",
      "[=N]",
      "As -V, with the script in force, each name that is tried and each input file"),
  PRINT_OUTPUT_FORMAT("--print-output-format", "", "Print the output's format and stop"),
  PRINT_SYSROOT("--print-sysroot", "", "Print the sysroot and stop"),
  TRACE("-t --trace", "", "Print each input file; given twice, archive members too"),
  TRACE_SYMBOL(
      "-y --trace-symbol", "SYMBOL", "Print each file that defines SYMBOL or refers to it"),
  PRINT_MAP("-M --print-map", "", "Print the link map"),
  MAP("-Map", "FILE", "Write the link map to FILE, -, DIR/OUTPUT.map, or OUTPUT.map for %"),
  PRINT_SYMBOL_ORDER(
      "--print-symbol-order",
      "FILE",
      "Write the symbols that calls have put into an order to FILE or -"),
  PRINT_MAP_DISCARDED(
      "--print-map-discarded",
      "",
      "List the input sections that are not in the output in the map; the default"),
  NO_PRINT_MAP_DISCARDED("--no-print-map-discarded", "", "Do not"),
  CREF("--cref", "", "Print the cross reference table; in the map, if there is one"),
  MAP_JSON("--map-json", "FILE", "Write the link map to FILE as JSON: docs/map-json.md"),
  SIZE_REPORT(
      "--size-report", "FILE.html", "Write a page that shows what takes how much of the output"),
  SIZE_REPORT_BASE(
      "--size-report-base", "FILE.json", "Show what has changed since the link of this --map-json"),
  NO_CREF("--no-cref!", "", "Do not; the default"),
  PRINT_GC_SECTIONS("--print-gc-sections", "", "Print the sections that --gc-sections leaves out"),
  NO_PRINT_GC_SECTIONS("--no-print-gc-sections", "", "Do not; the default"),
  PRINT_ICF_SECTIONS("--print-icf-sections", "", "Print the sections that --icf folds"),
  NO_PRINT_ICF_SECTIONS("--no-print-icf-sections", "", "Do not; the default"),
  WHY_EXTRACT("--why-extract", "FILE", "Write to FILE why each archive member is linked"),
  WHY_LIVE("--why-live", "GLOB", "Print what keeps symbols from --gc-sections, step by step"),
  PRINT_BLOCKS("--print-blocks", "", "Print each block that is written: address, offset, bytes"),
  PROGRESS("--progress", "", "On a terminal, show what a link does that takes long; the default"),
  NO_PROGRESS("--no-progress", "", "Do not"),
  STATS("--stats --perf!", "", "Print the time of each pass, and the memory"),
  TIME_TRACE(
      "--time-trace --time-trace-file!",
      "FILE",
      "Write a Chrome trace of passes and threads to FILE"),
  FATAL_WARNINGS("--fatal-warnings", "", "Warnings are errors"),
  NO_FATAL_WARNINGS("--no-fatal-warnings", "", "They are not; the default"),
  NO_WARNINGS("-w --no-warnings", "", "Print no warnings"),
  WARN_COMMON("--warn-common", "", "Warn about common symbols that are merged"),
  NO_WARN_COMMON("--no-warn-common!", "", "Do not; the default"),
  NO_WARN_TEXTREL("--no-warn-shared-textrel!", "", "As if --warn-textrel were not given"),
  WARN_TEXTREL(
      "--warn-textrel --warn-shared-textrel", "", "Warn about relocations in read-only sections"),
  WARN_EXECSTACK("--warn-execstack", "", "Warn if the stack is executable"),
  NO_WARN_EXECSTACK("--no-warn-execstack", "", "Do not"),
  ERROR_LIMIT("--error-limit", "N", "Print N errors, then count; default 20, 0 for all"),
  COLOR("--color-diagnostics", "[=WHEN]", "Colours in messages: auto (the default), always, never"),
  NO_COLOR("--no-color-diagnostics", "", "No colours"),
  DEMANGLE("--demangle", "[=STYLE]", "Print C++ and Rust names as in the source; the default"),
  NO_DEMANGLE("--no-demangle", "", "Print them as in the files"),
  WARN_RWX("--warn-rwx-segments", "", "Warn about segments that are writable and executable"),
  NO_WARN_RWX("--no-warn-rwx-segments", "", "Do not; the default"),
  WARN_ONCE(
      "--warn-once",
      "",
      "Report each undefined symbol once",
      IGNORED,
      "it is so, with the first references to it"),
  WARN_BACKREFS(
      "--warn-backrefs --no-warn-backrefs",
      "",
      "lld: warn where an archive stands before what refers to it",
      IGNORED,
      "archives are searched in their order: it is an error, which names the archive"),
  WARN_BACKREFS_EXCLUDE(
      "--warn-backrefs-exclude", "GLOB", "lld: but not for these", IGNORED, "as --warn-backrefs"),
  WARN_CONSTRUCTORS(
      "--warn-constructors",
      "",
      "Warn about global constructors",
      IGNORED,
      "for formats that cannot hold them"),
  WARN_MULTIPLE_GP(
      "--warn-multiple-gp",
      "",
      "Warn about several global pointers",
      IGNORED,
      "the architectures have none"),
  WARN_SECTION_ALIGN(
      "--warn-section-align",
      "",
      "Warn if alignment moves a section",
      IGNORED,
      "sections are placed by their alignment"),
  WARN_ALTERNATE_EM(
      "--warn-alternate-em",
      "",
      "Warn about objects with an alternate e_machine",
      IGNORED,
      "the architectures have none"),
  DETECT_ODR(
      "--detect-odr-violations",
      "",
      "gold: warn about differing C++ definitions",
      IGNORED,
      "it only warns"),
  ERROR_HANDLING_SCRIPT(
      "--error-handling-script",
      "FILE",
      "A program that comments on errors",
      IGNORED,
      "the errors themselves are reported"),
  PRINT_MEMORY_USAGE("--print-memory-usage", "", "Print how full a script's memory regions are");

  private final Form form;

  ReportOpt(String names, String value, String help) {
    this(names, value, help, Status.HONOURED, "");
  }

  ReportOpt(String names, String value, String help, Status status, String why) {
    form = new Form(names, value, help, status, why);
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public void apply(Settings s, String value, String spelling) {
    switch (this) {
      case PRINT_MEMORY_USAGE -> s.set(LinkOption.PRINT_MEMORY_USAGE, true);
      case HELP -> s.action = CommandLine.Action.HELP;
      case TARGET_HELP -> s.action = CommandLine.Action.TARGET_HELP;
      case LIST_ARCHS -> s.action = CommandLine.Action.LIST_ARCHS;
      case EXPLAIN -> {
        s.action = CommandLine.Action.EXPLAIN;
        s.explained = value;
      }
      case VERSION -> s.action = CommandLine.Action.VERSION;
      case PRINT_SYSROOT -> s.action = CommandLine.Action.SYSROOT;
      case PRINT_OUTPUT_FORMAT -> s.showFormat = true;
      case V -> s.showVersion = true;
      case V_EMULATIONS -> {
        s.showVersion = true;
        s.showEmulations = true;
      }
      case VERBOSE -> {
        s.showVersion = true;
        s.showEmulations = true;
        s.verbose = true;
        s.set(LinkOption.TRACE, LinkOption.Trace.TRIES);
      }
      case TRACE -> {
        s.traces++;
        if (!s.verbose) {
          s.set(LinkOption.TRACE, s.traces > 1 ? LinkOption.Trace.MEMBERS : LinkOption.Trace.FILES);
        }
      }
      case TRACE_SYMBOL -> s.add(LinkOption.TRACE_SYMBOL, value);
      case PRINT_MAP -> s.map = "-";
      case MAP -> s.map = value;
      case PRINT_SYMBOL_ORDER -> s.symbolOrder = value;
      case PRINT_MAP_DISCARDED -> s.set(LinkOption.MAP_DISCARDED, true);
      case NO_PRINT_MAP_DISCARDED -> s.set(LinkOption.MAP_DISCARDED, false);
      case CREF -> s.set(LinkOption.CREF, true);
      case MAP_JSON -> s.mapJson = value;
      case SIZE_REPORT -> s.sizeReport = value;
      case SIZE_REPORT_BASE -> s.sizeReportBase = value;
      case WHY_EXTRACT -> s.whyExtract = value;
      case PROGRESS -> s.progress = true;
      case NO_PROGRESS -> s.progress = false;
      case NO_CREF -> s.set(LinkOption.CREF, false);
      case PRINT_GC_SECTIONS -> s.set(LinkOption.PRINT_GC_SECTIONS, true);
      case NO_PRINT_GC_SECTIONS -> s.set(LinkOption.PRINT_GC_SECTIONS, false);
      case PRINT_ICF_SECTIONS -> s.set(LinkOption.PRINT_ICF_SECTIONS, true);
      case NO_PRINT_ICF_SECTIONS -> s.set(LinkOption.PRINT_ICF_SECTIONS, false);
      case WHY_LIVE -> s.add(LinkOption.WHY_LIVE, value);
      case PRINT_BLOCKS -> s.set(LinkOption.PRINT_BLOCKS, true);
      case STATS -> s.stats = true;
      case TIME_TRACE -> {
        s.timeTrace = value;
        s.set(LinkOption.TIME_TRACE, true);
      }
      case FATAL_WARNINGS -> s.fatalWarnings = true;
      case NO_FATAL_WARNINGS -> s.fatalWarnings = false;
      case NO_WARNINGS -> s.noWarnings = true;
      case WARN_COMMON -> s.set(LinkOption.WARN_COMMON, true);
      case NO_WARN_COMMON -> s.set(LinkOption.WARN_COMMON, false);
      case NO_WARN_TEXTREL ->
          s.set(LinkOption.TEXT_RELOCATIONS, LinkOption.TextRelocations.DEFAULT);
      case WARN_TEXTREL -> s.set(LinkOption.TEXT_RELOCATIONS, LinkOption.TextRelocations.WARN);
      case WARN_RWX -> s.set(LinkOption.WARN_RWX_SEGMENTS, true);
      case NO_WARN_RWX -> s.set(LinkOption.WARN_RWX_SEGMENTS, false);
      case WARN_EXECSTACK -> s.set(LinkOption.WARN_EXECSTACK, true);
      case NO_WARN_EXECSTACK -> s.set(LinkOption.WARN_EXECSTACK, false);
      case ERROR_LIMIT ->
          s.set(LinkOption.ERROR_LIMIT, Numbers.count(value, 0, "number for --error-limit"));
      case COLOR -> color(s, value);
      case NO_COLOR -> s.color = Console.Color.NEVER;
      case DEMANGLE -> s.set(LinkOption.DEMANGLE, true);
      case NO_DEMANGLE -> s.set(LinkOption.DEMANGLE, false);
      default -> throw new AssertionError(this);
    }
  }

  private static void color(Settings s, String value) {
    String when = value == null ? "always" : value;
    Values.check("--color-diagnostics", when, "auto", "always", "never");
    s.color =
        switch (when) {
          case "always" -> Console.Color.ALWAYS;
          case "never" -> Console.Color.NEVER;
          default -> Console.Color.AUTO;
        };
  }
}
