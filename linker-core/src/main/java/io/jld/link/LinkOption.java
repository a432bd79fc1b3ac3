package io.jld.link;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A typed option of a link. Each has the meaning of the GNU ld option that its comment names; a
 * link looks a value up once, in {@link LinkRequest#get}. Options that stand between inputs are
 * {@link InputFlags}, not options.
 *
 * @param <T> the type of the option's value; values are immutable
 * @since 0.1
 */
public final class LinkOption<T> {
  // What is linked

  /** {@code -pie}, {@code -shared}, {@code -r}. */
  public static final LinkOption<OutputKind> OUTPUT_KIND = of("output-kind", OutputKind.EXECUTABLE);

  /**
   * {@code --archive}, with {@link OutputKind#RELOCATABLE}: the output is an archive. Its first
   * member is what is linked; the objects between {@link InputSource.Bracket#LIB_START} and {@link
   * InputSource.Bracket#LIB_END} are not linked but members as they are.
   */
  public static final LinkOption<Boolean> ARCHIVE = flag("archive");

  /** {@code --no-dynamic-linker}: static-pie has no {@code .interp}. */
  public static final LinkOption<Boolean> NO_DYNAMIC_LINKER = flag("no-dynamic-linker");

  /** {@code -dynamic-linker}; empty: the architecture's own. */
  public static final LinkOption<String> DYNAMIC_LINKER = of("dynamic-linker", "");

  /**
   * Links all inputs as if each were {@link InputFlags#staticOnly}: the output refers to no shared
   * library. {@code -static} alone is for the inputs after it.
   */
  public static final LinkOption<Boolean> STATIC = flag("static");

  /** {@code -e}; a symbol or a number. Empty: {@code _start}. */
  public static final LinkOption<String> ENTRY = of("entry", "");

  /**
   * {@code -m}: an emulation that names the architecture; empty: by {@link LinkRequest#arch} or the
   * first object.
   */
  public static final LinkOption<String> EMULATION = of("emulation", "");

  /**
   * The name of the architecture where neither the request nor an object says; empty: such a link
   * is an error.
   */
  public static final LinkOption<String> FALLBACK_ARCH = of("fallback-arch", "");

  /** {@code --oformat binary}. */
  public static final LinkOption<String> OUTPUT_FORMAT = of("oformat", "");

  // Searching

  /**
   * {@code -L}, in order; a leading {@code =} or {@code $SYSROOT} stands for the {@link #SYSROOT}.
   */
  public static final LinkOption<List<String>> LIBRARY_PATH = of("library-path", List.of());

  /** {@code --sysroot}. */
  public static final LinkOption<String> SYSROOT = of("sysroot", "");

  /** {@code -rpath}, in order. */
  public static final LinkOption<List<String>> RPATH = of("rpath", List.of());

  /** {@code -rpath-link}, in order. */
  public static final LinkOption<List<String>> RPATH_LINK = of("rpath-link", List.of());

  // Symbols

  /** {@code -u}: undefined from the start, so that archive members that define them are linked. */
  public static final LinkOption<List<String>> UNDEFINED = of("undefined", List.of());

  /**
   * {@code --undefined-glob}: as {@code -u}, for each name in the inputs that one of these globs
   * matches.
   */
  public static final LinkOption<List<String>> UNDEFINED_GLOB = of("undefined-glob", List.of());

  /** {@code --require-defined}: as {@code -u}, and an error where the symbol stays undefined. */
  public static final LinkOption<List<String>> REQUIRE_DEFINED = of("require-defined", List.of());

  /**
   * {@code --defsym NAME=EXPR}, in order: name, then expression; before what scripts among the
   * inputs assign. {@link InputSource.Defsym} has a place among them.
   */
  public static final LinkOption<List<Map.Entry<String, String>>> DEFSYM = of("defsym", List.of());

  /**
   * {@code -plugin} with its {@code -plugin-opt}s: the paths of linker plug-ins (binutils' {@code
   * plugin-api.h}), each with its options. They are loaded by a link that finds intermediate code
   * among its inputs, and by no other. Their code runs in this process, where one link at a time
   * can have plug-ins: another one waits. One that can't be unloaded ({@code DF_1_NODELETE}) can be
   * used once in a process.
   *
   * @since 0.1
   */
  public static final LinkOption<Map<String, List<String>>> PLUGIN = of("plugin", Map.of());

  /** {@code --wrap}. */
  public static final LinkOption<List<String>> WRAP = of("wrap", List.of());

  /** {@code --trace-symbol}. */
  public static final LinkOption<List<String>> TRACE_SYMBOL = of("trace-symbol", List.of());

  /**
   * {@code -z muldefs}, {@code --allow-multiple-definition}: the first definition wins, silently.
   */
  public static final LinkOption<Boolean> ALLOW_MULTIPLE_DEFINITION =
      flag("allow-multiple-definition");

  /**
   * {@code --disable-multiple-abs-defs}: a symbol of {@link InputSource.JustSymbols} may not be
   * defined by another input as well. Else the first definition wins, silently.
   */
  public static final LinkOption<Boolean> DISABLE_MULTIPLE_ABS_DEFS =
      flag("disable-multiple-abs-defs");

  /** {@code --unresolved-symbols}; {@code -z defs} is {@link Unresolved#REPORT_ALL}. */
  public static final LinkOption<Unresolved> UNRESOLVED =
      of("unresolved-symbols", Unresolved.DEFAULT);

  /** {@code --warn-unresolved-symbols}: what {@link #UNRESOLVED} reports is a warning. */
  public static final LinkOption<Boolean> WARN_UNRESOLVED = flag("warn-unresolved-symbols");

  /**
   * {@code --ignore-unresolved-symbol}: names whose references may stay undefined, without a
   * message.
   */
  public static final LinkOption<List<String>> IGNORE_UNRESOLVED =
      of("ignore-unresolved-symbol", List.of());

  /**
   * {@code --allow-shlib-undefined}; null: allowed for shared outputs and static links, refused
   * otherwise.
   */
  public static final LinkOption<Boolean> ALLOW_SHLIB_UNDEFINED = of("allow-shlib-undefined", null);

  /** {@code --export-dynamic}. */
  public static final LinkOption<Boolean> EXPORT_DYNAMIC = flag("export-dynamic");

  /** {@code --export-dynamic-symbol}: globs. */
  public static final LinkOption<List<String>> EXPORT_DYNAMIC_SYMBOL =
      of("export-dynamic-symbol", List.of());

  /**
   * {@code --export-dynamic-symbol-list}: in the form of a dynamic list, with the meaning of {@link
   * #EXPORT_DYNAMIC_SYMBOL}.
   */
  public static final LinkOption<List<Script>> EXPORT_DYNAMIC_SYMBOL_LIST =
      of("export-dynamic-symbol-list", List.of());

  /** {@code --version-script}: the texts of the scripts, each with the name it has in messages. */
  public static final LinkOption<List<Script>> VERSION_SCRIPT = of("version-script", List.of());

  /**
   * {@code --version-exports-section}: the version of the symbols that sections {@code .exports} of
   * the inputs name, beside which none is exported; empty: there are no such sections.
   */
  public static final LinkOption<String> VERSION_EXPORTS_SECTION =
      of("version-exports-section", "");

  /**
   * {@code --no-undefined-version}: a symbol that a version script names without a glob must be
   * defined.
   */
  public static final LinkOption<Boolean> NO_UNDEFINED_VERSION = flag("no-undefined-version");

  /** {@code --dynamic-list}. */
  public static final LinkOption<List<Script>> DYNAMIC_LIST = of("dynamic-list", List.of());

  /** {@code -Bsymbolic} and its kin, {@code --dynamic-list-data}. */
  public static final LinkOption<Symbolic> SYMBOLIC = of("symbolic", Symbolic.NONE);

  /**
   * {@code --default-symver}: exported symbols that have no version get the output's soname, or its
   * file's name, for one.
   */
  public static final LinkOption<Boolean> DEFAULT_SYMVER = flag("default-symver");

  /**
   * {@code --default-imported-symver}: symbols of a library that defines no versions are asked for
   * with its soname for a version.
   */
  public static final LinkOption<Boolean> DEFAULT_IMPORTED_SYMVER = flag("default-imported-symver");

  /** {@code --exclude-libs}: archive names, or {@code ALL}. */
  public static final LinkOption<List<String>> EXCLUDE_LIBS = of("exclude-libs", List.of());

  // What stays in the output

  /** {@code --gc-sections}. */
  public static final LinkOption<Boolean> GC_SECTIONS = flag("gc-sections");

  /** {@code --print-gc-sections}. */
  public static final LinkOption<Boolean> PRINT_GC_SECTIONS = flag("print-gc-sections");

  /**
   * {@code --gc-keep-exported}: what an executable defines with default visibility is kept by
   * {@link #GC_SECTIONS}.
   */
  public static final LinkOption<Boolean> GC_KEEP_EXPORTED = flag("gc-keep-exported");

  /** {@code -z start-stop-gc}: a reference to {@code __start_X} does not keep the sections X. */
  public static final LinkOption<Boolean> START_STOP_GC = flag("start-stop-gc");

  /** {@code --icf}: sections that do the same are linked once; null: none is folded. */
  public static final LinkOption<Icf> ICF = of("icf", null);

  /** {@code --print-icf-sections}: a message for each section that {@link #ICF} folds. */
  public static final LinkOption<Boolean> PRINT_ICF_SECTIONS = flag("print-icf-sections");

  /** {@code --keep-unique}: symbols whose sections {@link #ICF} does not fold. */
  public static final LinkOption<List<String>> KEEP_UNIQUE = of("keep-unique", List.of());

  /**
   * {@code --ignore-data-address-equality}: the program does not ask whether two addresses of
   * read-only data are the same, so {@link #ICF} may fold all of it.
   */
  public static final LinkOption<Boolean> IGNORE_DATA_ADDRESS_EQUALITY =
      flag("ignore-data-address-equality");

  /**
   * {@code --ignore-function-address-equality}: the program does not ask whether two addresses of
   * functions are the same; {@link Icf#SAFE} may fold those, too.
   */
  public static final LinkOption<Boolean> IGNORE_FUNCTION_ADDRESS_EQUALITY =
      flag("ignore-function-address-equality");

  /** {@code -s} and {@code -S}. */
  public static final LinkOption<Strip> STRIP = of("strip", Strip.NONE);

  /**
   * {@code --retain-symbols-file}: the names that {@code .symtab} has, beside those that
   * relocations of a relocatable output refer to; null: all.
   */
  public static final LinkOption<Set<String>> RETAIN_SYMBOLS = of("retain-symbols-file", null);

  /** {@code -x}, {@code -X}, {@code --discard-none}. */
  public static final LinkOption<Discard> DISCARD = of("discard", Discard.SEC_MERGE);

  /** {@code --emit-relocs}. */
  public static final LinkOption<Boolean> EMIT_RELOCS = flag("emit-relocs");

  /**
   * {@code --compress-debug-sections}: debug sections that are not loaded become {@code
   * SHF_COMPRESSED}.
   */
  public static final LinkOption<CompressDebug> COMPRESS_DEBUG_SECTIONS =
      of("compress-debug-sections", CompressDebug.NONE);

  /**
   * {@code --gdb-index}: a program or library with debug information has an index of it; a
   * relocatable output has none.
   */
  public static final LinkOption<Boolean> GDB_INDEX = flag("gdb-index");

  /** {@code -d}: common symbols get storage in a relocatable output too. */
  public static final LinkOption<Boolean> DEFINE_COMMON = flag("define-common");

  /**
   * {@code --no-define-common}: common symbols of a shared library are references to the program's.
   */
  public static final LinkOption<Boolean> NO_DEFINE_COMMON = flag("no-define-common");

  /** {@code --sort-common}: the order of common symbols by their alignment. */
  public static final LinkOption<SortCommon> SORT_COMMON = of("sort-common", SortCommon.NONE);

  /**
   * {@code --force-group-allocation}: a relocatable output has no groups, their members are plain
   * sections.
   */
  public static final LinkOption<Boolean> FORCE_GROUP_ALLOCATION = flag("force-group-allocation");

  /** {@code --print-memory-usage}: a line to the messages for each region of a script. */
  public static final LinkOption<Boolean> PRINT_MEMORY_USAGE = flag("print-memory-usage");

  /** {@code -o}: the output has its name whatever a script's {@code OUTPUT} says. */
  public static final LinkOption<Boolean> OUTPUT_NAMED = of("output", true);

  /**
   * {@code --check-sections}: sections of a script's layout may not overlap. Those of the built-in
   * ones never may.
   */
  public static final LinkOption<Boolean> CHECK_SECTIONS = of("check-sections", true);

  /**
   * {@code --enable-non-contiguous-regions}: what does not fit into the region of an output section
   * goes to the next one that matches it.
   */
  public static final LinkOption<Boolean> NON_CONTIGUOUS_REGIONS =
      flag("enable-non-contiguous-regions");

  /** {@code --enable-non-contiguous-regions-warnings}: says of what that may change the place. */
  public static final LinkOption<Boolean> NON_CONTIGUOUS_WARNINGS =
      flag("enable-non-contiguous-regions-warnings");

  /**
   * {@code --unique}: input sections that stay sections of their own in the output, where a script
   * describes it; as globs, of which the empty one means all that the script does not name.
   */
  public static final LinkOption<List<String>> UNIQUE = of("unique", List.of());

  // What is written beside the sections

  /**
   * {@code --build-id}: {@code none}, {@code fast}, {@code md5}, {@code sha1}, {@code sha256},
   * {@code uuid}, {@code 0xHEX}.
   */
  public static final LinkOption<String> BUILD_ID = of("build-id", "none");

  /** {@code --hash-style}. */
  public static final LinkOption<HashStyle> HASH_STYLE = of("hash-style", HashStyle.BOTH);

  /** {@code --eh-frame-hdr}. */
  public static final LinkOption<Boolean> EH_FRAME_HDR = flag("eh-frame-hdr");

  /** {@code --ld-generated-unwind-info}: records in {@code .eh_frame} for the PLT. */
  public static final LinkOption<Boolean> PLT_UNWIND_INFO = of("ld-generated-unwind-info", true);

  /** {@code -soname}; empty: none. */
  public static final LinkOption<String> SONAME = of("soname", "");

  /** {@code --enable-new-dtags}: {@code DT_RUNPATH} and not {@code DT_RPATH}. */
  public static final LinkOption<Boolean> NEW_DTAGS = of("enable-new-dtags", true);

  /** {@code -init}. */
  public static final LinkOption<String> INIT = of("init", "_init");

  /** {@code -fini}. */
  public static final LinkOption<String> FINI = of("fini", "_fini");

  /** {@code -z pack-relative-relocs}, {@code --pack-dyn-relocs=relr}. */
  public static final LinkOption<Boolean> PACK_RELATIVE_RELOCS = flag("pack-relative-relocs");

  /**
   * {@code --pack-dyn-relocs=android}: dynamic relocations that {@link #PACK_RELATIVE_RELOCS} does
   * not take are written in Android's packed form, which other loaders do not read.
   */
  public static final LinkOption<Boolean> PACK_ANDROID = flag("pack-dyn-relocs");

  /** {@code --use-android-relr-tags}: packed relative relocations have Android's numbers. */
  public static final LinkOption<Boolean> ANDROID_RELR_TAGS = flag("use-android-relr-tags");

  /** {@code -f}: {@code DT_AUXILIARY}. */
  public static final LinkOption<List<String>> AUXILIARY = of("auxiliary", List.of());

  /** {@code -F}: {@code DT_FILTER}. */
  public static final LinkOption<List<String>> FILTER = of("filter", List.of());

  /** {@code --audit}: {@code DT_AUDIT}, in order. */
  public static final LinkOption<List<String>> AUDIT = of("audit", List.of());

  /** {@code --depaudit}: {@code DT_DEPAUDIT}, in order. */
  public static final LinkOption<List<String>> DEPAUDIT = of("depaudit", List.of());

  /**
   * {@code --package-metadata}: the JSON text of the note {@code .note.package}; empty: no note.
   */
  public static final LinkOption<String> PACKAGE_METADATA = of("package-metadata", "");

  // Layout and hardening

  /** {@code --no-relax} turns the relaxations off that are not needed for a correct output. */
  public static final LinkOption<Boolean> RELAX = of("relax", true);

  /** {@code -O}: 2 and above merge the tails of strings. */
  public static final LinkOption<Integer> OPTIMIZE = of("optimize", 1);

  /** {@code -z relro}. */
  public static final LinkOption<Boolean> RELRO = of("relro", true);

  /** {@code -z now}. */
  public static final LinkOption<Boolean> BIND_NOW = flag("now");

  /**
   * {@code --separate-debug-file}: takes debug sections and symbol table, which the output does not
   * get; null: there is one file. Not for a relocatable output.
   */
  public static final LinkOption<Path> SEPARATE_DEBUG_FILE = of("separate-debug-file", null);

  /** {@code -n}, {@code -N}: an output that is not loaded by pages. */
  public static final LinkOption<Magic> MAGIC = of("magic", Magic.DEMAND_PAGED);

  /** {@code --orphan-handling}: of sections that the layout, a script's or ours, does not name. */
  public static final LinkOption<OrphanHandling> ORPHAN_HANDLING =
      of("orphan-handling", OrphanHandling.PLACE);

  /**
   * {@code --symbol-ordering-file}: symbols whose sections stand first in their output sections, in
   * this order. Not for a relocatable output.
   */
  public static final LinkOption<List<String>> SYMBOL_ORDER = of("symbol-ordering-file", List.of());

  /**
   * {@code --section-ordering-file} as gold has it: input sections, by name or pattern, that stand
   * last in their output sections, in this order. Not for a relocatable output.
   */
  public static final LinkOption<List<String>> SECTION_ORDER =
      of("section-ordering-file", List.of());

  /**
   * {@code --section-ordering-file} as GNU ld has it: output sections of the layout with what their
   * descriptions of input sections begin with.
   */
  public static final LinkOption<List<Script>> SECTION_ORDER_SCRIPT =
      of("section-ordering-file", List.of());

  /**
   * {@code --call-graph-ordering-file}: lines {@code CALLER CALLED COUNT} with names of symbols;
   * sections that call each other often stand first, side by side. Not for a relocatable output.
   */
  public static final LinkOption<List<Script>> CALL_GRAPH =
      of("call-graph-ordering-file", List.of());

  /**
   * {@code --no-call-graph-profile-sort} turns it off: {@link #CALL_GRAPH} counts, and objects' own
   * profiles do where there is no {@link #SYMBOL_ORDER}.
   */
  public static final LinkOption<Boolean> CALL_GRAPH_SORT = of("call-graph-profile-sort", true);

  /**
   * {@code --print-symbol-order}: takes the names of the symbols that calls have put into an order,
   * in that order; null: none. As {@link #MAP}.
   */
  public static final LinkOption<Consumer<String>> PRINT_SYMBOL_ORDER =
      of("print-symbol-order", null);

  /** {@code --no-warn-symbol-ordering} turns it off: of names in {@link #SYMBOL_ORDER}. */
  public static final LinkOption<Boolean> WARN_SYMBOL_ORDERING = of("warn-symbol-ordering", true);

  /**
   * {@code --shuffle-sections}: input sections that change places in their output sections, before
   * {@link #SYMBOL_ORDER}. Not for a relocatable output.
   */
  public static final LinkOption<List<Shuffle>> SHUFFLE_SECTIONS =
      of("shuffle-sections", List.of());

  /** {@code --sort-section}: the order of what the layout's wildcards match. */
  public static final LinkOption<SortSection> SORT_SECTION = of("sort-section", SortSection.NONE);

  /**
   * {@code -z separate-code}: code shares no page of the file with anything else. In the built-in
   * layouts no segment does, so that it is {@code -z separate-loadable-segments} as well.
   */
  public static final LinkOption<Boolean> SEPARATE_CODE = of("separate-code", true);

  /**
   * {@code --no-rosegment} turns it off: read-only data and code may share a segment, whatever
   * {@link #SEPARATE_CODE} says.
   */
  public static final LinkOption<Boolean> ROSEGMENT = of("rosegment", true);

  /** {@code --execute-only}: code can be run, and not be read. */
  public static final LinkOption<Boolean> EXECUTE_ONLY = flag("execute-only");

  /** {@code --no-gnu-unique} turns it off: {@code STB_GNU_UNIQUE} symbols are global ones. */
  public static final LinkOption<Boolean> GNU_UNIQUE = of("gnu-unique", true);

  /**
   * {@code --no-text-reorder} turns it off: code stands by how often it is run, as its names say.
   */
  public static final LinkOption<Boolean> TEXT_REORDER = of("text-reorder", true);

  /** {@code -z keep-text-section-prefix}: such code has output sections of its own. */
  public static final LinkOption<Boolean> KEEP_TEXT_PREFIX = flag("keep-text-section-prefix");

  /** {@code -z nognustack} turns it off: no segment says whether the stack is executable. */
  public static final LinkOption<Boolean> GNU_STACK = of("gnustack", true);

  /** {@code -z rodynamic}: {@code .dynamic} is read-only; debuggers find no list of libraries. */
  public static final LinkOption<Boolean> READ_ONLY_DYNAMIC = flag("rodynamic");

  /**
   * {@code --spare-dynamic-tags}: empty entries of {@code .dynamic} beside the last one; 0 to
   * 65535.
   */
  public static final LinkOption<Integer> SPARE_DYNAMIC_TAGS = of("spare-dynamic-tags", 0);

  /**
   * {@code -z nosectionheader} turns it off: the output has no section headers, nor a symbol table,
   * which nobody would find. Not for a relocatable output.
   */
  public static final LinkOption<Boolean> SECTION_HEADERS = of("sectionheader", true);

  /**
   * {@code -z execstack}, {@code -z noexecstack}; null: as the inputs' {@code .note.GNU-stack} ask.
   */
  public static final LinkOption<Boolean> EXEC_STACK = of("execstack", null);

  /** {@code -z stack-size}; 0: none. */
  public static final LinkOption<Long> STACK_SIZE = of("stack-size", 0L);

  /** {@code -z text}; {@link TextRelocations}. */
  public static final LinkOption<TextRelocations> TEXT_RELOCATIONS =
      of("text", TextRelocations.DEFAULT);

  /** {@code -z max-page-size}; 0: the architecture's own. */
  public static final LinkOption<Long> MAX_PAGE_SIZE = of("max-page-size", 0L);

  /** {@code -z common-page-size}; 0: the architecture's own. */
  public static final LinkOption<Long> COMMON_PAGE_SIZE = of("common-page-size", 0L);

  /** {@code --image-base}, {@code -Ttext-segment}; null: the architecture's own. */
  public static final LinkOption<Long> IMAGE_BASE = of("image-base", null);

  /**
   * {@code -Trodata-segment}: address of {@code .rodata} or the first section after it in its
   * segment; null: the next address.
   */
  public static final LinkOption<Long> RODATA_SEGMENT = of("rodata-segment", null);

  /**
   * {@code -Tldata-segment}: address of the large read-only data and data of amd64's medium and
   * large code models; null where they follow {@code .lbss}.
   */
  public static final LinkOption<Long> LDATA_SEGMENT = of("ldata-segment", null);

  /**
   * {@code --section-start}, {@code -Ttext}, {@code -Tdata}, {@code -Tbss}: addresses by section
   * name.
   */
  public static final LinkOption<Map<String, Long>> SECTION_START = of("section-start", Map.of());

  /**
   * The remaining {@code -z} keywords as they were given, for an architecture to read ({@code ibt},
   * {@code shstk}, {@code cet-report=error}, {@code nocopyreloc}, {@code origin}, {@code nodelete},
   * ...).
   */
  public static final LinkOption<List<String>> Z_KEYWORDS = of("z", List.of());

  // Messages and reports

  /**
   * {@code --print-blocks}: every block that is written is logged with its address, offset and
   * bytes.
   */
  public static final LinkOption<Boolean> PRINT_BLOCKS = flag("print-blocks");

  /**
   * This JVM has only just been started, and compiles the linker while it runs. A link of small
   * inputs then leaves one of the processors to the compiler: with all of them at work it would
   * take longer ({@code docs/performance.md}).
   */
  public static final LinkOption<Boolean> COLD = flag("cold");

  /** {@code --time-trace}: the result says what each thread did and when. */
  public static final LinkOption<Boolean> TIME_TRACE = flag("time-trace");

  /** {@code -t}, {@code --verbose}: what is told of the input files as they are opened. */
  public static final LinkOption<Trace> TRACE = of("trace", Trace.NONE);

  /**
   * {@code -Map}: takes the lines of the link map; null: no map. It is called once the output is
   * complete, by one thread, and may throw {@link java.io.UncheckedIOException}, which ends the
   * link.
   */
  public static final LinkOption<Consumer<String>> MAP = of("map", null);

  /**
   * {@code --no-print-map-discarded} leaves the sections that are not part of the output out of the
   * {@link #MAP}.
   */
  public static final LinkOption<Boolean> MAP_DISCARDED = of("print-map-discarded", true);

  /**
   * {@code --cref}: the cross reference table, at the end of the {@link #MAP}, or else by {@link
   * LinkRequest#messages}.
   */
  public static final LinkOption<Boolean> CREF = flag("cref");

  /**
   * Takes each file that has been read, when all are, whatever becomes of the link; null: nobody
   * asks. {@code --reproduce} does.
   */
  public static final LinkOption<Consumer<Path>> INPUT_FILES = of("input-files", null);

  /**
   * {@code --dependency-file}: takes the lines of a Makefile rule with the files that the output
   * depends on; null: none. As {@link #MAP}.
   */
  public static final LinkOption<Consumer<String>> DEPENDENCY_FILE = of("dependency-file", null);

  /**
   * {@code --map-json}, {@code --size-report}: who takes the link map as data, one after the other.
   */
  public static final LinkOption<List<MapSink>> MAP_SINKS = of("map-sinks", List.of());

  /**
   * {@code --why-extract}: takes lines with tabs, for each archive member that is linked the file
   * that refers to it, its own name and the symbol; null: none. As {@link #MAP}.
   */
  public static final LinkOption<Consumer<String>> WHY_EXTRACT = of("why-extract", null);

  /**
   * Whether {@link LinkResult#image()} tells what the output consists of. It takes time and memory
   * as a link map does; without it none.
   */
  public static final LinkOption<Boolean> IMAGE = of("image", false);

  /**
   * {@code --progress}: takes the name of each pass when it begins, from the thread that links;
   * null: none. What it throws comes out of {@link Linker#link}. Which passes there are depends on
   * the link, and how long one takes on the inputs: no fraction of the whole is known on the way.
   */
  public static final LinkOption<Consumer<String>> PROGRESS = of("progress", null);

  /**
   * {@code --why-live}: for each symbol that one of these globs matches, what keeps it in the
   * output under {@link #GC_SECTIONS}.
   */
  public static final LinkOption<List<String>> WHY_LIVE = of("why-live", List.of());

  /**
   * {@code --no-demangle} turns it off: C++ and Rust names are printed as they stand in the source.
   */
  public static final LinkOption<Boolean> DEMANGLE = of("demangle", true);

  /** {@code --fatal-warnings}. */
  public static final LinkOption<Boolean> FATAL_WARNINGS = flag("fatal-warnings");

  /** {@code --no-warnings}. */
  public static final LinkOption<Boolean> NO_WARNINGS = flag("no-warnings");

  /**
   * {@code --no-warn-search-mismatch}: no note where a library search passes over a file that does
   * not fit.
   */
  public static final LinkOption<Boolean> WARN_SEARCH_MISMATCH = of("warn-search-mismatch", true);

  /** {@code --warn-rwx-segments}: of segments that are writable and executable. */
  public static final LinkOption<Boolean> WARN_RWX_SEGMENTS = flag("warn-rwx-segments");

  /** {@code --warn-common}. */
  public static final LinkOption<Boolean> WARN_COMMON = flag("warn-common");

  /**
   * {@code --warn-execstack}, {@code --no-warn-execstack}; null: warn where an input without {@code
   * .note.GNU-stack} makes the stack executable.
   */
  public static final LinkOption<Boolean> WARN_EXECSTACK = of("warn-execstack", null);

  /**
   * {@code --error-limit}: errors that are reported one by one before the rest is counted; 0: all.
   */
  public static final LinkOption<Integer> ERROR_LIMIT = of("error-limit", 20);

  /** {@code --noinhibit-exec}: errors about symbols become warnings. */
  public static final LinkOption<Boolean> NOINHIBIT_EXEC = flag("noinhibit-exec");

  /** What is told of the input files; each tells more than the one before. */
  public enum Trace {
    NONE,
    /** {@code -t}: their names. */
    FILES,
    /** {@code -t} twice: archive members as {@code (ARCHIVE)MEMBER} when they are linked. */
    MEMBERS,
    /** {@code --verbose}: the names that are tried. */
    TRIES
  }

  /** What is done about an undefined symbol. */
  public enum Unresolved {
    /** Reported in executables; in shared libraries left to the loader. */
    DEFAULT,
    REPORT_ALL,
    IGNORE_ALL,
    IGNORE_IN_OBJECT_FILES,
    IGNORE_IN_SHARED_LIBS
  }

  /** Which references of a shared library are bound to its own definitions. */
  public enum Symbolic {
    NONE,
    FUNCTIONS,
    /** {@code -Bsymbolic-non-weak-functions}: functions but for weak definitions. */
    NON_WEAK_FUNCTIONS,
    /** {@code -Bsymbolic-non-weak}: all but weak definitions. */
    NON_WEAK,
    ALL,
    /**
     * {@code --dynamic-list-data}: all but those to data and to what a {@link #DYNAMIC_LIST} names.
     * A program exports its data.
     */
    ALL_BUT_DATA
  }

  /** What is left out for {@code -s} and {@code -S}. */
  public enum Strip {
    NONE,
    DEBUG,
    ALL
  }

  /** Which sections that do the same are folded into one. */
  public enum Icf {
    /** Those whose address nothing asks for. */
    SAFE,
    /** All code; and data whose address nothing asks for. */
    ALL
  }

  /** Which local symbols are left out of {@code .symtab}. */
  public enum Discard {
    NONE,
    /** {@code .L} symbols in merged sections: GNU ld's default. */
    SEC_MERGE,
    /** {@code -X}: {@code .L} symbols. */
    LOCALS,
    /** {@code -x}: all local symbols. */
    ALL
  }

  /** What is done about sections that a linker script does not name. */
  public enum OrphanHandling {
    /** They go where such sections usually stand. */
    PLACE,
    /** The same, and each is warned of. */
    WARN,
    /** They are errors. */
    ERROR,
    /** They are left out. */
    DISCARD
  }

  /** By what the sections that a wildcard of the layout matches are sorted. */
  public enum SortSection {
    /** As the inputs have them. */
    NONE,
    NAME,
    /** The largest alignment first. */
    ALIGNMENT
  }

  /** How an executable is laid out for its loader; the names are those of a.out's magic numbers. */
  public enum Magic {
    /** ZMAGIC: segments on pages of their own. */
    DEMAND_PAGED,
    /** {@code -n}: one segment, data on a page of its own. */
    NMAGIC,
    /** {@code -N}: one segment, all of it writable. */
    OMAGIC
  }

  /** Common symbols by alignment; those of one alignment keep the order of the inputs. */
  public enum SortCommon {
    NONE,
    ASCENDING,
    DESCENDING
  }

  /** How debug sections are compressed (gABI, "Compression Headers"). */
  public enum CompressDebug {
    NONE,
    /** {@code ELFCOMPRESS_ZLIB}. */
    ZLIB,
    /** {@code ELFCOMPRESS_ZSTD}; takes the system's libzstd. */
    ZSTD
  }

  /** Which hash sections a dynamic output has. */
  public enum HashStyle {
    SYSV,
    GNU,
    BOTH
  }

  /** Dynamic relocations in read-only sections. */
  public enum TextRelocations {
    /** Refused in shared libraries and PIE, as today's GNU ld is configured: a warning there. */
    DEFAULT,
    REFUSE,
    WARN,
    ALLOW
  }

  /**
   * Input sections that change places.
   *
   * @param glob of their names
   * @param seed decides their order; {@link #REVERSE} for the opposite of that of the link
   */
  public record Shuffle(String glob, long seed) {
    public static final long REVERSE = -1;
  }

  /**
   * The text of a script that an option names.
   *
   * @param name the file's name for messages
   * @param text the whole text
   */
  public record Script(String name, String text) {}

  private final String name;
  private final T standard;

  private LinkOption(String name, T standard) {
    this.name = name;
    this.standard = standard;
  }

  private static <T> LinkOption<T> of(String name, T standard) {
    return new LinkOption<>(name, standard);
  }

  private static LinkOption<Boolean> flag(String name) {
    return new LinkOption<>(name, false);
  }

  /** The option's name in messages: GNU ld's name without dashes where there is one. */
  public String name() {
    return name;
  }

  /** The value where the request gives none. */
  public T defaultValue() {
    return standard;
  }

  @Override
  public String toString() {
    return name;
  }
}
