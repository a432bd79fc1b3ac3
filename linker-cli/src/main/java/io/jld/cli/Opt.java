package io.jld.cli;

import static io.jld.cli.Status.HONOURED;
import static io.jld.cli.Status.IGNORED;
import static io.jld.cli.Status.REFUSED;

/**
 * The options: the one table that the parser, {@code --help} and docs/options.md are made from. It
 * has every option of GNU ld 2.40 for ELF, and those of other linkers that compilers and build
 * systems pass.
 *
 * <p>The names are written as they are shown. {@code -o} is short: its value may be attached.
 * Longer names are accepted with one dash and with two, and abbreviated while that is unambiguous;
 * a name that ends in {@code !} needs its two dashes, for with one it is a short option with a
 * value ({@code -omagic} writes to {@code magic}).
 */
enum Opt {
  // What is made
  OUTPUT(
      Group.OUTPUT,
      "-o --output!",
      "FILE",
      "Write the output to FILE, or to standard output (-); default a.out"),
  SHARED(Group.OUTPUT, "-shared -Bshareable", "", "Make a shared library"),
  PIE(Group.OUTPUT, "-pie --pic-executable", "", "Make a position-independent executable"),
  NO_PIE(Group.OUTPUT, "-no-pie -nopie", "", "Make an executable for a fixed address; the default"),
  RELOCATABLE(
      Group.OUTPUT,
      "-r -i --relocatable --relocateable -Ur",
      "",
      "Make an object file of the inputs"),
  ARCHIVE(
      Group.OUTPUT,
      "--archive!",
      "",
      "Make an archive: what -r makes of the inputs, and the objects of --start-lib as they are"),
  ENTRY(Group.OUTPUT, "-e --entry", "ADDRESS", "Start at this symbol or address; default _start"),
  ARCH(Group.OUTPUT, "--arch", "NAME", "Link for the architecture of this name, e.g. amd64, x86"),
  EMULATION(
      Group.OUTPUT, "-m", "EMULATION", "Link for the architecture with this GNU ld emulation"),
  OFORMAT(
      Group.OUTPUT,
      "--oformat!",
      "FORMAT",
      "Output format: binary, or an architecture's ELF format"),
  INIT(Group.OUTPUT, "-init", "SYMBOL", "Function that the loader calls first; default _init"),
  FINI(Group.OUTPUT, "-fini", "SYMBOL", "Function that the loader calls last; default _fini"),
  BUILD_ID(
      Group.OUTPUT,
      "--build-id",
      "[=STYLE]",
      "Write a build ID: sha1 (the default), fast, md5, sha256, uuid, 0xHEX, none"),
  PACKAGE_METADATA(Group.OUTPUT, "--package-metadata", "[=JSON]", "Write the note .note.package"),
  COMPRESS_DEBUG(
      Group.OUTPUT,
      "--compress-debug-sections",
      "FORMAT",
      "Compress debug sections: none, zlib (also as zlib-gabi, zlib-gnu)"),
  DEPENDENCY_FILE(
      Group.OUTPUT, "--dependency-file", "FILE", "Write a Makefile rule with all input files"),
  NOINHIBIT_EXEC(Group.OUTPUT, "--noinhibit-exec", "", "Errors about symbols are warnings"),
  THREADS(
      Group.OUTPUT,
      "--threads",
      "[=N]",
      "Run N tasks at once; default: one per processor, one less for small inputs"),
  THREAD_COUNT(Group.OUTPUT, "--thread-count", "N", "The same"),
  NO_THREADS(Group.OUTPUT, "--no-threads", "", "Run on one thread"),
  OUT_IMPLIB(
      Group.OUTPUT,
      "--out-implib",
      "FILE",
      "Write an import library",
      REFUSED,
      "only Arm's secure gateways use it"),
  EB(
      Group.OUTPUT,
      "-EB",
      "",
      "Link big-endian objects",
      REFUSED,
      "the architectures are little-endian"),
  EL(
      Group.OUTPUT,
      "-EL",
      "",
      "Link little-endian objects",
      IGNORED,
      "the architectures are little-endian"),
  ARCHITECTURE(
      Group.OUTPUT,
      "-A --architecture",
      "ARCH",
      "Architecture of the inputs",
      IGNORED,
      "objects say what they are for; --arch chooses the architecture"),
  FORCE_EXE_SUFFIX(
      Group.OUTPUT,
      "--force-exe-suffix",
      "",
      "Add .exe to the output's name",
      IGNORED,
      "for systems that cannot run a file without it"),

  // Inputs
  LIBRARY(
      Group.INPUT,
      "-l --library!",
      "NAME",
      "Link libNAME.so or libNAME.a; :FILE for the name as it is"),
  LIBRARY_PATH(Group.INPUT, "-L --library-path!", "DIR", "Search DIR for libraries"),
  SYSROOT(
      Group.INPUT,
      "--sysroot",
      "DIR",
      "Prefix of library directories that begin with = or $SYSROOT"),
  NOSTDLIB(Group.INPUT, "-nostdlib", "", "Search the directories of -L only"),
  START_GROUP(
      Group.INPUT,
      "-( --start-group",
      "",
      "Search the archives up to --end-group until nothing new is found"),
  END_GROUP(Group.INPUT, "-) --end-group", "", "End of the group"),
  START_LIB(
      Group.INPUT, "--start-lib", "", "Treat the objects up to --end-lib as members of an archive"),
  END_LIB(Group.INPUT, "--end-lib", "", "End of those objects"),
  WHOLE_ARCHIVE(
      Group.INPUT, "--whole-archive", "", "Link every member of the archives that follow"),
  NO_WHOLE_ARCHIVE(Group.INPUT, "--no-whole-archive", "", "Link the members that are needed"),
  AS_NEEDED(
      Group.INPUT,
      "--as-needed",
      "",
      "Name the libraries that follow in the output only if it uses them"),
  NO_AS_NEEDED(Group.INPUT, "--no-as-needed", "", "Name the libraries that follow in the output"),
  COPY_DT_NEEDED(
      Group.INPUT,
      "--copy-dt-needed-entries --add-needed",
      "",
      "Link what the libraries that follow depend on"),
  NO_COPY_DT_NEEDED(
      Group.INPUT, "--no-copy-dt-needed-entries --no-add-needed", "", "Do not; the default"),
  BSTATIC(
      Group.INPUT,
      "-Bstatic -dn -non_shared -static",
      "",
      "Let -l find archives only and take no shared library, from here on"),
  BDYNAMIC(
      Group.INPUT,
      "-Bdynamic -dy -call_shared",
      "",
      "Let -l find shared libraries first; the default"),
  A_KEYWORD(
      Group.INPUT, "-a", "KEYWORD", "HP-UX: archive is -Bstatic; shared and default are -Bdynamic"),
  PUSH_STATE(Group.INPUT, "--push-state", "", "Keep the state of the options between inputs"),
  POP_STATE(Group.INPUT, "--pop-state", "", "Go back to the state of --push-state"),
  SCRIPT(
      Group.INPUT,
      "-T --script",
      "FILE",
      "Read a linker script, from the -L directories too; one with SECTIONS replaces the layout"),
  DEFAULT_SCRIPT(
      Group.INPUT,
      "--default-script -dT",
      "FILE",
      "As -T, read after all other options, where there is no -T"),
  MRI_SCRIPT(
      Group.INPUT, "-c --mri-script!", "FILE", "Read a script in the language of the MRI linker"),
  JUST_SYMBOLS(
      Group.INPUT,
      "-R --just-symbols",
      "FILE",
      "Take the symbols of FILE and nothing else; of a directory, as -rpath"),
  FORMAT(
      Group.INPUT,
      "-b --format",
      "FORMAT",
      "Format of the inputs that follow: binary, default, or an architecture's ELF format"),
  Y_PATH(Group.INPUT, "-Y", "PATH", "Solaris: as -L for each directory of a list"),
  ACCEPT_UNKNOWN_ARCH(
      Group.INPUT,
      "--accept-unknown-input-arch",
      "",
      "Link objects of an unknown architecture",
      REFUSED,
      "nobody could relocate them"),
  NO_ACCEPT_UNKNOWN_ARCH(
      Group.INPUT,
      "--no-accept-unknown-input-arch",
      "",
      "Refuse such objects",
      IGNORED,
      "it is so"),
  NO_WARN_MISMATCH(
      Group.INPUT,
      "--no-warn-mismatch",
      "",
      "Do not warn about inputs that do not match",
      IGNORED,
      "what does not match cannot be linked"),
  NO_WARN_SEARCH_MISMATCH(
      Group.INPUT,
      "--no-warn-search-mismatch",
      "",
      "Do not say where -l passes over a library for another architecture"),
  PLUGIN(
      Group.INPUT,
      "-plugin",
      "FILE",
      "Load a plugin",
      IGNORED,
      "there is no link-time optimisation; objects that hold no machine code are refused"),
  PLUGIN_OPT(
      Group.INPUT, "-plugin-opt", "ARG", "An argument for the plugin", IGNORED, "as -plugin"),

  // Symbols
  UNDEFINED(Group.SYMBOLS, "-u --undefined", "SYMBOL", "Start with a reference to SYMBOL"),
  REQUIRE_DEFINED(
      Group.SYMBOLS, "--require-defined", "SYMBOL", "As -u; an error if it stays undefined"),
  DEFSYM(Group.SYMBOLS, "--defsym", "SYMBOL=EXPRESSION", "Define SYMBOL"),
  WRAP(
      Group.SYMBOLS,
      "--wrap",
      "SYMBOL",
      "SYMBOL stands for __wrap_SYMBOL, __real_SYMBOL for SYMBOL"),
  NO_UNDEFINED(
      Group.SYMBOLS, "--no-undefined", "", "Undefined symbols are errors in shared libraries too"),
  UNRESOLVED(
      Group.SYMBOLS,
      "--unresolved-symbols",
      "METHOD",
      "ignore-all, report-all, ignore-in-object-files, ignore-in-shared-libs"),
  IGNORE_UNRESOLVED(
      Group.SYMBOLS, "--ignore-unresolved-symbol", "SYMBOL", "SYMBOL may stay undefined"),
  WARN_UNRESOLVED(Group.SYMBOLS, "--warn-unresolved-symbols", "", "Undefined symbols are warnings"),
  ERROR_UNRESOLVED(
      Group.SYMBOLS, "--error-unresolved-symbols", "", "Undefined symbols are errors; the default"),
  ALLOW_SHLIB_UNDEFINED(
      Group.SYMBOLS, "--allow-shlib-undefined", "", "Shared libraries may have undefined symbols"),
  NO_ALLOW_SHLIB_UNDEFINED(
      Group.SYMBOLS, "--no-allow-shlib-undefined", "", "Shared libraries may not"),
  ALLOW_MULTIPLE_DEFINITION(
      Group.SYMBOLS, "--allow-multiple-definition", "", "Take the first of several definitions"),
  VERSION_SCRIPT(
      Group.SYMBOLS, "--version-script", "FILE", "Versions and visibility of the exported symbols"),
  UNDEFINED_VERSION(
      Group.SYMBOLS,
      "--undefined-version!",
      "",
      "A version script may name symbols that are not defined; the default"),
  NO_UNDEFINED_VERSION(Group.SYMBOLS, "--no-undefined-version", "", "It may not"),
  DYNAMIC_LIST(
      Group.SYMBOLS,
      "--dynamic-list",
      "FILE",
      "Export these symbols; a library's other ones bind locally"),
  DYNAMIC_LIST_CPP_NEW(
      Group.SYMBOLS,
      "--dynamic-list-cpp-new",
      "",
      "As --dynamic-list, for C++ operator new and delete"),
  DYNAMIC_LIST_CPP_TYPEINFO(
      Group.SYMBOLS,
      "--dynamic-list-cpp-typeinfo",
      "",
      "As --dynamic-list, for C++ type information"),
  DYNAMIC_LIST_DATA(Group.SYMBOLS, "--dynamic-list-data", "", "As --dynamic-list, for all data"),
  EXPORT_DYNAMIC(Group.SYMBOLS, "-E --export-dynamic", "", "Export all symbols of an executable"),
  NO_EXPORT_DYNAMIC(
      Group.SYMBOLS,
      "--no-export-dynamic",
      "",
      "Export those that libraries refer to; the default"),
  EXPORT_DYNAMIC_SYMBOL(
      Group.SYMBOLS, "--export-dynamic-symbol", "GLOB", "Export the symbols that match"),
  EXPORT_DYNAMIC_SYMBOL_LIST(
      Group.SYMBOLS,
      "--export-dynamic-symbol-list",
      "FILE",
      "Export the symbols of a dynamic list"),
  BSYMBOLIC(Group.SYMBOLS, "-Bsymbolic", "", "Bind a library's references to its own definitions"),
  BSYMBOLIC_FUNCTIONS(Group.SYMBOLS, "-Bsymbolic-functions", "", "Do so for functions"),
  BNO_SYMBOLIC(Group.SYMBOLS, "-Bno-symbolic", "", "Do not; the default"),
  BGROUP(
      Group.SYMBOLS,
      "-Bgroup",
      "",
      "Look symbols up in the library's group only",
      IGNORED,
      "loaders on Linux have no such groups"),
  EXCLUDE_LIBS(
      Group.SYMBOLS,
      "--exclude-libs",
      "LIB,...",
      "Hide the symbols of these archives; ALL for all"),
  DEFAULT_SYMVER(
      Group.SYMBOLS,
      "--default-symver",
      "",
      "Exported symbols without a version have the soname for one"),
  DEFAULT_IMPORTED_SYMVER(
      Group.SYMBOLS,
      "--default-imported-symver",
      "",
      "Symbols of libraries without versions have their soname for one"),
  VERSION_EXPORTS_SECTION(
      Group.SYMBOLS,
      "--version-exports-section",
      "SYMBOL",
      "Take the exported symbols from sections .exports",
      REFUSED,
      "a version script says the same"),
  RETAIN_SYMBOLS_FILE(
      Group.SYMBOLS,
      "--retain-symbols-file",
      "FILE",
      "Leave all symbols out of .symtab that FILE does not name"),
  DISABLE_MULTIPLE_ABS_DEFS(
      Group.SYMBOLS,
      "--disable-multiple-abs-defs",
      "",
      "Refuse a second definition of symbols of -R FILE"),
  NO_DEFINE_COMMON(
      Group.SYMBOLS,
      "--no-define-common",
      "",
      "Common symbols are those of the program; for -shared only"),
  DEFINE_COMMON(Group.SYMBOLS, "-d -dc -dp", "", "Give common symbols storage, with -r too"),
  SORT_COMMON(
      Group.SYMBOLS,
      "--sort-common",
      "[=ORDER]",
      "Sort common symbols by alignment: ascending, or descending (the default)"),

  // Sections and layout
  GC_SECTIONS(Group.LAYOUT, "--gc-sections", "", "Leave out sections that nothing refers to"),
  NO_GC_SECTIONS(Group.LAYOUT, "--no-gc-sections", "", "Keep them; the default"),
  GC_KEEP_EXPORTED(Group.LAYOUT, "--gc-keep-exported", "", "Keep what has default visibility"),
  ICF(
      Group.LAYOUT,
      "--icf",
      "MODE",
      "gold, lld: fold equal functions",
      IGNORED,
      "it only saves space"),
  RELAX(
      Group.LAYOUT,
      "--relax",
      "",
      "Make code shorter or faster where addresses allow it; the default"),
  NO_RELAX(Group.LAYOUT, "--no-relax", "", "Do so only where it is needed"),
  OPTIMIZE(Group.LAYOUT, "-O", "LEVEL", "2 and above merge the tails of strings"),
  STRIP_ALL(Group.LAYOUT, "-s --strip-all", "", "Leave out symbol table and debug sections"),
  STRIP_DEBUG(Group.LAYOUT, "-S --strip-debug", "", "Leave out debug sections"),
  STRIP_DISCARDED(
      Group.LAYOUT,
      "--strip-discarded",
      "",
      "Leave out symbols of discarded sections",
      IGNORED,
      "it is so"),
  NO_STRIP_DISCARDED(
      Group.LAYOUT,
      "--no-strip-discarded",
      "",
      "Keep symbols of discarded sections",
      IGNORED,
      "they would name nothing"),
  DISCARD_ALL(Group.LAYOUT, "-x --discard-all", "", "Leave out local symbols"),
  DISCARD_LOCALS(
      Group.LAYOUT, "-X --discard-locals", "", "Leave out local symbols that begin with .L"),
  DISCARD_NONE(Group.LAYOUT, "--discard-none", "", "Keep all local symbols"),
  EMIT_RELOCS(Group.LAYOUT, "-q --emit-relocs", "", "Keep the relocations in the output"),
  IMAGE_BASE(Group.LAYOUT, "--image-base", "ADDRESS", "Address of the output's first byte"),
  TTEXT_SEGMENT(Group.LAYOUT, "-Ttext-segment", "ADDRESS", "The same, in hexadecimal"),
  TTEXT(Group.LAYOUT, "-Ttext", "ADDRESS", "Address of .text, in hexadecimal"),
  TDATA(Group.LAYOUT, "-Tdata", "ADDRESS", "Address of .data, in hexadecimal"),
  TBSS(Group.LAYOUT, "-Tbss", "ADDRESS", "Address of .bss, in hexadecimal"),
  SECTION_START(
      Group.LAYOUT, "--section-start", "SECTION=ADDRESS", "Address of a section, in hexadecimal"),
  TRODATA_SEGMENT(
      Group.LAYOUT,
      "-Trodata-segment",
      "ADDRESS",
      "Address of .rodata and what follows it in its segment, in hexadecimal"),
  TLDATA_SEGMENT(
      Group.LAYOUT,
      "-Tldata-segment",
      "ADDRESS",
      "Address of the segment for the medium code model's large data",
      REFUSED,
      "there is no such segment; --section-start=.ldata places the data"),
  NMAGIC(Group.LAYOUT, "-n --nmagic", "", "One segment, not aligned to pages; static"),
  OMAGIC(Group.LAYOUT, "-N --omagic!", "", "As -n, with writable text, and data next to it"),
  NO_OMAGIC(Group.LAYOUT, "--no-omagic!", "", "Undo -n and -N"),
  SORT_SECTION(
      Group.LAYOUT,
      "--sort-section",
      "KEY",
      "Sort what a script's wildcards match by name, alignment or none"),
  UNIQUE(
      Group.LAYOUT,
      "--unique",
      "[=SECTION]",
      "Beside a script, sections of the same name stay apart"),
  ORPHAN_HANDLING(
      Group.LAYOUT,
      "--orphan-handling",
      "MODE",
      "Sections that the script does not name: place, warn, error, discard"),
  SPLIT_BY_FILE(
      Group.LAYOUT,
      "--split-by-file",
      "[=SIZE]",
      "Start a new output section after SIZE bytes",
      IGNORED,
      "ELF has no limit that calls for it"),
  SPLIT_BY_RELOC(
      Group.LAYOUT,
      "--split-by-reloc",
      "[=COUNT]",
      "Start a new output section after COUNT relocations",
      IGNORED,
      "ELF has no limit that calls for it"),
  CHECK_SECTIONS(
      Group.LAYOUT, "--check-sections", "", "Check that sections do not overlap; the default"),
  NO_CHECK_SECTIONS(
      Group.LAYOUT,
      "--no-check-sections",
      "",
      "Do not check that beside a script; without one they never may"),
  NON_CONTIGUOUS(
      Group.LAYOUT,
      "--enable-non-contiguous-regions",
      "",
      "Spread sections over a script's memory regions",
      IGNORED,
      "each section has one place; a region that is too small for it is an error"),
  NON_CONTIGUOUS_WARNINGS(
      Group.LAYOUT,
      "--enable-non-contiguous-regions-warnings",
      "",
      "Warn about that",
      IGNORED,
      "nothing is spread"),
  FORCE_GROUP_ALLOCATION(
      Group.LAYOUT, "--force-group-allocation", "", "Take section groups apart with -r"),
  TASK_LINK(
      Group.LAYOUT,
      "--task-link",
      "SYMBOL",
      "Link for a VxWorks task",
      REFUSED,
      "it hides all symbols but one; -r with a version script is near it"),
  ROSEGMENT(
      Group.LAYOUT,
      "--rosegment",
      "",
      "lld, gold: read-only data has its own segment",
      IGNORED,
      "it is so"),
  GDB_INDEX(
      Group.LAYOUT,
      "--gdb-index",
      "",
      "gold, lld, mold: write .gdb_index",
      IGNORED,
      "the debugger makes the index itself where there is none"),
  CTF_VARIABLES(
      Group.LAYOUT,
      "--ctf-variables",
      "",
      "Keep static variables in .ctf",
      IGNORED,
      ".ctf sections are copied"),
  NO_CTF_VARIABLES(
      Group.LAYOUT,
      "--no-ctf-variables",
      "",
      "Do not keep them",
      IGNORED,
      ".ctf sections are copied"),
  CTF_SHARE_TYPES(
      Group.LAYOUT,
      "--ctf-share-types",
      "METHOD",
      "How .ctf types are merged",
      IGNORED,
      ".ctf sections are copied"),

  // For the dynamic loader
  DYNAMIC_LINKER(
      Group.DYNAMIC,
      "-I --dynamic-linker",
      "FILE",
      "Program interpreter; default: the architecture's"),
  NO_DYNAMIC_LINKER(Group.DYNAMIC, "--no-dynamic-linker", "", "No program interpreter"),
  SONAME(
      Group.DYNAMIC,
      "-h -soname",
      "NAME",
      "Name of the shared library for those that are linked with it"),
  RPATH(Group.DYNAMIC, "-rpath", "PATH", "Where the loader searches for libraries"),
  RPATH_LINK(
      Group.DYNAMIC, "-rpath-link", "PATH", "Where this link searches for libraries' libraries"),
  ENABLE_NEW_DTAGS(
      Group.DYNAMIC, "--enable-new-dtags", "", "Write DT_RUNPATH for -rpath; the default"),
  DISABLE_NEW_DTAGS(Group.DYNAMIC, "--disable-new-dtags", "", "Write DT_RPATH for -rpath"),
  HASH_STYLE(
      Group.DYNAMIC, "--hash-style", "STYLE", "Hash sections: sysv, gnu, both (the default)"),
  EH_FRAME_HDR(Group.DYNAMIC, "--eh-frame-hdr", "", "Write .eh_frame_hdr, the index of .eh_frame"),
  NO_EH_FRAME_HDR(Group.DYNAMIC, "--no-eh-frame-hdr", "", "Do not; the default"),
  AUXILIARY(Group.DYNAMIC, "-f --auxiliary", "NAME", "Auxiliary filter for NAME; for -shared only"),
  FILTER(Group.DYNAMIC, "-F --filter", "NAME", "Filter for NAME; for -shared only"),
  AUDIT(Group.DYNAMIC, "--audit", "LIB", "Audit with this library at run time"),
  DEPAUDIT(Group.DYNAMIC, "-P --depaudit", "LIB", "Audit the dependencies with this library"),
  Z(Group.DYNAMIC, "-z", "KEYWORD", "See the keywords"),
  SPARE_DYNAMIC_TAGS(
      Group.DYNAMIC,
      "--spare-dynamic-tags",
      "COUNT",
      "Empty entries of .dynamic",
      IGNORED,
      "they are room for tools that change the file later"),
  UNWIND_INFO(
      Group.DYNAMIC, "--ld-generated-unwind-info", "", "Write .eh_frame for the PLT; the default"),
  NO_UNWIND_INFO(Group.DYNAMIC, "--no-ld-generated-unwind-info", "", "Do not"),

  // Messages and reports
  HELP(Group.REPORTS, "--help", "", "Print this and stop"),
  TARGET_HELP(Group.REPORTS, "--target-help", "", "Print the keywords of -z and stop"),
  VERSION(Group.REPORTS, "--version", "", "Print the version and stop"),
  V(Group.REPORTS, "-v", "", "Print the version; go on if there are inputs"),
  V_EMULATIONS(Group.REPORTS, "-V", "", "As -v, with the emulations"),
  VERBOSE(
      Group.REPORTS,
      "--verbose --dll-verbose",
      "[=N]",
      "As -V, with the script in force, each name that is tried and each input file"),
  PRINT_OUTPUT_FORMAT(
      Group.REPORTS, "--print-output-format", "", "Print the output's format and stop"),
  PRINT_SYSROOT(Group.REPORTS, "--print-sysroot", "", "Print the sysroot and stop"),
  TRACE(Group.REPORTS, "-t --trace", "", "Print each input file; given twice, archive members too"),
  TRACE_SYMBOL(
      Group.REPORTS,
      "-y --trace-symbol",
      "SYMBOL",
      "Print each file that defines SYMBOL or refers to it"),
  PRINT_MAP(Group.REPORTS, "-M --print-map", "", "Print the link map"),
  MAP(
      Group.REPORTS,
      "-Map",
      "FILE",
      "Write the link map to FILE, -, DIR/OUTPUT.map, or OUTPUT.map for %"),
  PRINT_MAP_DISCARDED(
      Group.REPORTS,
      "--print-map-discarded",
      "",
      "List the input sections that are not in the output in the map; the default"),
  NO_PRINT_MAP_DISCARDED(Group.REPORTS, "--no-print-map-discarded", "", "Do not"),
  CREF(Group.REPORTS, "--cref", "", "Print the cross reference table; in the map, if there is one"),
  PRINT_GC_SECTIONS(
      Group.REPORTS, "--print-gc-sections", "", "Print the sections that --gc-sections leaves out"),
  NO_PRINT_GC_SECTIONS(Group.REPORTS, "--no-print-gc-sections", "", "Do not; the default"),
  WHY_LIVE(Group.REPORTS, "--why-live", "SYMBOL", "Print what keeps SYMBOL from --gc-sections"),
  PRINT_BLOCKS(
      Group.REPORTS,
      "--print-blocks",
      "",
      "Print each block that is written: address, offset, bytes"),
  STATS(Group.REPORTS, "--stats", "", "Print the time of each pass, and the memory"),
  TIME_TRACE(
      Group.REPORTS, "--time-trace", "FILE", "Write a Chrome trace of passes and threads to FILE"),
  FATAL_WARNINGS(Group.REPORTS, "--fatal-warnings", "", "Warnings are errors"),
  NO_FATAL_WARNINGS(Group.REPORTS, "--no-fatal-warnings", "", "They are not; the default"),
  NO_WARNINGS(Group.REPORTS, "-w --no-warnings", "", "Print no warnings"),
  WARN_COMMON(Group.REPORTS, "--warn-common", "", "Warn about common symbols that are merged"),
  WARN_TEXTREL(
      Group.REPORTS,
      "--warn-textrel --warn-shared-textrel",
      "",
      "Warn about relocations in read-only sections"),
  WARN_EXECSTACK(Group.REPORTS, "--warn-execstack", "", "Warn if the stack is executable"),
  NO_WARN_EXECSTACK(Group.REPORTS, "--no-warn-execstack", "", "Do not"),
  ERROR_LIMIT(
      Group.REPORTS, "--error-limit", "N", "Print N errors, then count; default 20, 0 for all"),
  COLOR(
      Group.REPORTS,
      "--color-diagnostics",
      "[=WHEN]",
      "Colours in messages: auto (the default), always, never"),
  NO_COLOR(Group.REPORTS, "--no-color-diagnostics", "", "No colours"),
  DEMANGLE(
      Group.REPORTS,
      "--demangle",
      "[=STYLE]",
      "Print C++ and Rust names as in the source; the default"),
  NO_DEMANGLE(Group.REPORTS, "--no-demangle", "", "Print them as in the files"),
  WARN_RWX(
      Group.REPORTS,
      "--warn-rwx-segments",
      "",
      "Warn about segments that are writable and executable",
      IGNORED,
      "there are none but where an input has such a section, or addresses put all on one page"),
  NO_WARN_RWX(
      Group.REPORTS, "--no-warn-rwx-segments", "", "Do not", IGNORED, "there is no such warning"),
  WARN_ONCE(
      Group.REPORTS,
      "--warn-once",
      "",
      "Report each undefined symbol once",
      IGNORED,
      "it is so, with the first references to it"),
  WARN_CONSTRUCTORS(
      Group.REPORTS,
      "--warn-constructors",
      "",
      "Warn about global constructors",
      IGNORED,
      "for formats that cannot hold them"),
  WARN_MULTIPLE_GP(
      Group.REPORTS,
      "--warn-multiple-gp",
      "",
      "Warn about several global pointers",
      IGNORED,
      "the architectures have none"),
  WARN_SECTION_ALIGN(
      Group.REPORTS,
      "--warn-section-align",
      "",
      "Warn if alignment moves a section",
      IGNORED,
      "sections are placed by their alignment"),
  WARN_ALTERNATE_EM(
      Group.REPORTS,
      "--warn-alternate-em",
      "",
      "Warn about objects with an alternate e_machine",
      IGNORED,
      "the architectures have none"),
  DETECT_ODR(
      Group.REPORTS,
      "--detect-odr-violations",
      "",
      "gold: warn about differing C++ definitions",
      IGNORED,
      "it only warns"),
  ERROR_HANDLING_SCRIPT(
      Group.REPORTS,
      "--error-handling-script",
      "FILE",
      "A program that comments on errors",
      IGNORED,
      "the errors themselves are reported"),
  PRINT_MEMORY_USAGE(
      Group.REPORTS, "--print-memory-usage", "", "Print how full a script's memory regions are"),

  // For compatibility
  G_IGNORED(
      Group.COMPAT,
      "-g",
      "",
      "Other linkers' option for debug information",
      IGNORED,
      "GNU ld ignores it"),
  GPSIZE(
      Group.COMPAT,
      "-G --gpsize",
      "SIZE",
      "Largest small data; without a number, -shared",
      IGNORED,
      "the architectures have no small data"),
  ASSERT(Group.COMPAT, "-assert", "KEYWORD", "SunOS", IGNORED, "GNU ld ignores it"),
  FLTO(Group.COMPAT, "-flto", "[=ARG]", "gcc's option", IGNORED, "as -plugin"),
  FLTO_PARTITION(Group.COMPAT, "-flto-partition", "ARG", "gcc's option", IGNORED, "as -plugin"),
  FUSE_LD(
      Group.COMPAT,
      "-fuse-ld",
      "NAME",
      "The compiler's option",
      IGNORED,
      "this linker has been chosen"),
  MAP_WHOLE_FILES(
      Group.COMPAT,
      "--map-whole-files!",
      "",
      "gold's option",
      IGNORED,
      "GNU ld ignores it: files are mapped"),
  NO_MAP_WHOLE_FILES(
      Group.COMPAT,
      "--no-map-whole-files",
      "",
      "gold's option",
      IGNORED,
      "GNU ld ignores it: files are mapped"),
  FORK(Group.COMPAT, "--fork", "", "mold's option", IGNORED, "there is one process"),
  NO_FORK(Group.COMPAT, "--no-fork", "", "mold's option", IGNORED, "there is one process"),
  NO_KEEP_MEMORY(
      Group.COMPAT,
      "--no-keep-memory",
      "",
      "Use less memory",
      IGNORED,
      "input files are mapped, not read"),
  REDUCE_MEMORY(
      Group.COMPAT,
      "--reduce-memory-overheads",
      "",
      "Use less memory",
      IGNORED,
      "input files are mapped, not read"),
  MAX_CACHE_SIZE(
      Group.COMPAT,
      "--max-cache-size!",
      "SIZE",
      "Use less memory",
      IGNORED,
      "input files are mapped, not read"),
  HASH_SIZE(
      Group.COMPAT, "--hash-size", "N", "Size of tables", IGNORED, "tables grow as they need"),
  QY(Group.COMPAT, "-Qy", "", "SVR4", IGNORED, "GNU ld ignores it"),
  QMAGIC(Group.COMPAT, "-qmagic", "", "Linux a.out", IGNORED, "GNU ld ignores it"),
  TRADITIONAL_FORMAT(
      Group.COMPAT,
      "--traditional-format",
      "",
      "Use the system linker's format",
      IGNORED,
      "there is one ELF"),
  EMBEDDED_RELOCS(
      Group.COMPAT,
      "--embedded-relocs",
      "",
      "For MIPS embedded systems",
      IGNORED,
      "the architectures have none");

  /** Parts of the table, in the order of {@code --help}. */
  enum Group {
    OUTPUT("Output"),
    INPUT("Inputs"),
    SYMBOLS("Symbols"),
    LAYOUT("Sections and layout"),
    DYNAMIC("Dynamic linking"),
    REPORTS("Messages and reports"),
    COMPAT("Compatibility");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  private final Group group;
  private final String names;
  private final String value;
  private final Status status;
  private final String help;
  private final String why;

  Opt(Group group, String names, String value, String help) {
    this(group, names, value, help, HONOURED, "");
  }

  Opt(Group group, String names, String value, String help, Status status, String why) {
    this.group = group;
    this.names = names;
    this.value = value;
    this.status = status;
    this.help = help;
    this.why = why;
  }

  Group group() {
    return group;
  }

  /** All names with their dashes, separated by blanks; the table's own form, with {@code !}. */
  String names() {
    return names;
  }

  /** What the value is called; empty for an option without one. */
  String value() {
    return value.startsWith("[=") ? value.substring(2, value.length() - 1) : value;
  }

  boolean takesValue() {
    return !value.isEmpty();
  }

  /** Whether the value may be left out, and otherwise must follow a {@code =}. */
  boolean valueIsOptional() {
    return value.startsWith("[=");
  }

  Status status() {
    return status;
  }

  String help() {
    return help;
  }

  /** Why it is ignored or refused; empty for an option that is honoured. */
  String why() {
    return why;
  }
}
