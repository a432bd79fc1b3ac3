package io.jld.script;

import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.plan.LayoutPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The layout that GNU ld describes by its built-in script for the same options, as a script: what
 * {@code INSERT} without another script is inserted into, and what {@code --verbose} prints. Names,
 * patterns and their order are those that compilers and C libraries count on; a script that people
 * have written is read into the same kind of plan.
 */
public final class BuiltInScript {
  /**
   * What the layout depends on beside options.
   *
   * @param wordSize of an address in bytes
   * @param relPrefix {@code .rela} or {@code .rel}
   * @param imageBase where a program that does not move begins
   */
  public record Machine(int wordSize, String relPrefix, long imageBase) {
    boolean is64() {
      return wordSize == 8;
    }
  }

  private static final String PAGE = "CONSTANT(MAXPAGESIZE)";
  private static final String NEXT_PAGE_SAME_PLACE =
      "ALIGN(" + PAGE + ") + (. & (" + PAGE + " - 1))";

  /** Sections with unwind tables, which are data where an object has them writable. */
  private static final String[][] UNWIND = {
    {".eh_frame", "KEEP(*(.eh_frame)) *(.eh_frame.*)"},
    {".sframe", "*(.sframe .sframe.*)"},
    {".gcc_except_table", "*(.gcc_except_table .gcc_except_table.*)"},
    {".gnu_extab", "*(.gnu_extab*)"},
    {".exception_ranges", "*(.exception_ranges*)"},
  };

  private static final String[] STABS = {
    ".stab", ".stabstr", ".stab.excl", ".stab.exclstr", ".stab.index", ".stab.indexstr", ".comment"
  };

  /** Debug sections of one name in inputs and output, by the version of DWARF that brought them. */
  private static final String[] DEBUG = {
    ".debug",
    ".line",
    ".debug_srcinfo",
    ".debug_sfnames",
    ".debug_aranges",
    ".debug_pubnames",
    ".debug_info",
    ".debug_abbrev",
    ".debug_line",
    ".debug_frame",
    ".debug_str",
    ".debug_loc",
    ".debug_macinfo",
    ".debug_weaknames",
    ".debug_funcnames",
    ".debug_typenames",
    ".debug_varnames",
    ".debug_pubtypes",
    ".debug_ranges",
    ".debug_addr",
    ".debug_line_str",
    ".debug_loclists",
    ".debug_macro",
    ".debug_names",
    ".debug_rnglists",
    ".debug_str_offsets",
    ".debug_sup"
  };

  private final Machine machine;
  private final OutputKind kind;
  private final boolean separateCode;
  private final LinkOption.Magic magic;
  private final boolean now;
  private final StringBuilder out = new StringBuilder();

  private BuiltInScript(Machine machine, Function<LinkOption<?>, Object> options) {
    this.machine = machine;
    this.kind = (OutputKind) options.apply(LinkOption.OUTPUT_KIND);
    this.magic = (LinkOption.Magic) options.apply(LinkOption.MAGIC);
    this.separateCode =
        magic == LinkOption.Magic.DEMAND_PAGED && (Boolean) options.apply(LinkOption.SEPARATE_CODE);
    this.now =
        magic == LinkOption.Magic.DEMAND_PAGED
            && (Boolean) options.apply(LinkOption.BIND_NOW)
            && (Boolean) options.apply(LinkOption.RELRO);
  }

  /**
   * The plan for a link's options.
   *
   * @param options gives the value of each
   */
  public static LayoutPlan plan(Machine machine, Function<LinkOption<?>, Object> options) {
    return InputScript.parse("built-in script", text(machine, options)).plan();
  }

  /** The same as a script: its {@code SECTIONS}. */
  public static String text(Machine machine, Function<LinkOption<?>, Object> options) {
    BuiltInScript plan = new BuiltInScript(machine, options);
    plan.line("SECTIONS");
    plan.line("{");
    if (plan.kind == OutputKind.RELOCATABLE) {
      plan.relocatable();
    } else {
      plan.loaded();
    }
    plan.line("}");
    return plan.out.toString();
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  private void statement(String text) {
    line("  " + text);
  }

  private void section(String head, String... body) {
    StringBuilder s = new StringBuilder("  ").append(head).append(" : {");
    for (String b : body) {
      s.append(body.length == 1 ? " " : "\n    ").append(b);
    }
    line(s.append(body.length == 1 ? " }" : "\n  }").toString());
  }

  /** A section of the inputs' sections of the same name. */
  private void section(String name) {
    section(name, "*(" + name + ")");
  }

  /** Sections in which compilers and older linkers put parts of a section of this name. */
  private static String family(String name, String linkOnce) {
    return "*(" + name + " " + name + ".* .gnu.linkonce." + linkOnce + ".*)";
  }

  private void loaded() {
    headers();
    relocations();
    if (separateCode) {
      statement(". = ALIGN(" + PAGE + ");");
    }
    code();
    readOnly();
    data();
    zeros();
    notLoaded();
    section("/DISCARD/", "*(.note.GNU-stack) *(.gnu_debuglink) *(.gnu.lto_*)");
  }

  /** What the loader reads stands at the start, next to the file's headers. */
  private void headers() {
    String base =
        kind == OutputKind.EXECUTABLE ? "0x" + Long.toHexString(machine.imageBase()) : "0";
    String start = "SEGMENT_START(\"text-segment\", " + base + ")";
    if (kind != OutputKind.SHARED) {
      statement("PROVIDE(__executable_start = " + start + ");");
    }
    statement(". = " + start + " + SIZEOF_HEADERS;");
    if (kind != OutputKind.SHARED) {
      section(".interp");
    }
    for (String name :
        List.of(".note.gnu.build-id", ".hash", ".gnu.hash", ".dynsym", ".dynstr", ".gnu.version")) {
      section(name);
    }
    section(".gnu.version_d");
    section(".gnu.version_r");
  }

  private void relocations() {
    String rel = machine.relPrefix();
    String[][] families = {
      {".text", "t"},
      {".rodata", "r"},
      {".data", "d"},
      {".tdata", "td"},
      {".tbss", "tb"},
      {".bss", "b"},
      {".ldata", "l"},
      {".lbss", "lb"},
      {".lrodata", "lr"}
    };
    List<String> all = new ArrayList<>();
    all.add("*(" + rel + ".init " + rel + ".fini)");
    for (String[] f : families) {
      String name = rel + f[0];
      all.add("*(" + name + " " + name + ".* " + rel + ".gnu.linkonce." + f[1] + ".*)");
    }
    all.add("*(" + rel + ".ctors " + rel + ".dtors " + rel + ".got " + rel + ".ifunc)");
    section(rel + ".dyn", all.toArray(String[]::new));
    String iplt = "__" + rel.substring(1) + "_iplt_";
    if (kind == OutputKind.EXECUTABLE) {
      section(
          rel + ".plt",
          "*(" + rel + ".plt)",
          "PROVIDE_HIDDEN(" + iplt + "start = .);",
          "*(" + rel + ".iplt)",
          "PROVIDE_HIDDEN(" + iplt + "end = .);");
    } else {
      section(rel + ".plt", "*(" + rel + ".plt " + rel + ".iplt)");
    }
    section(".relr.dyn");
  }

  private void code() {
    section(".init", "KEEP(*(SORT_NONE(.init)))");
    section(".plt", "*(.plt) *(.iplt)");
    section(".plt.got");
    section(".plt.sec");
    section(
        ".text",
        "*(.text.unlikely .text.*_unlikely .text.unlikely.*)",
        "*(.text.exit .text.exit.*)",
        "*(.text.startup .text.startup.*)",
        "*(.text.hot .text.hot.*)",
        "*(SORT(.text.sorted.*))",
        "*(.text .stub .text.* .gnu.linkonce.t.*)",
        "*(.gnu.warning)");
    section(".fini", "KEEP(*(SORT_NONE(.fini)))");
    for (String symbol : List.of("__etext", "_etext", "etext")) {
      statement("PROVIDE(" + symbol + " = .);");
    }
  }

  private void readOnly() {
    if (separateCode) {
      statement(". = ALIGN(" + PAGE + ");");
      statement(". = SEGMENT_START(\"rodata-segment\", " + NEXT_PAGE_SAME_PLACE + ");");
    }
    section(".rodata", family(".rodata", "r"));
    section(".rodata1");
    section(".eh_frame_hdr", "*(.eh_frame_hdr) *(.eh_frame_entry .eh_frame_entry.*)");
    for (String[] s : UNWIND) {
      line("  " + s[0] + " : ONLY_IF_RO { " + s[1] + " }");
    }
  }

  private void data() {
    statement(
        magic == LinkOption.Magic.OMAGIC
            ? ". = .;"
            : ". = DATA_SEGMENT_ALIGN(" + PAGE + ", CONSTANT(COMMONPAGESIZE));");
    for (String[] s : UNWIND) {
      line("  " + s[0] + " : ONLY_IF_RW { " + s[1] + " }");
    }
    if (kind == OutputKind.SHARED) {
      section(".tdata", family(".tdata", "td"));
    } else {
      section(".tdata", "PROVIDE_HIDDEN(__tdata_start = .);", family(".tdata", "td"));
    }
    section(".tbss", family(".tbss", "tb") + " *(.tcommon)");
    array(".preinit_array", "KEEP(*(.preinit_array))");
    array(".init_array", constructors(".init_array", ".ctors"));
    array(".fini_array", constructors(".fini_array", ".dtors"));
    table(".ctors");
    table(".dtors");
    section(".jcr", "KEEP(*(.jcr))");
    section(
        ".data.rel.ro",
        "*(.data.rel.ro.local* .gnu.linkonce.d.rel.ro.local.*)"
            + " "
            + family(".data.rel.ro", "d.rel.ro"));
    section(".dynamic");
    got();
    section(".data", family(".data", "d"), "SORT(CONSTRUCTORS)");
    section(".data1");
  }

  /** Symbols around an array of addresses, by which start-up code finds it. */
  private void array(String name, String... body) {
    if (kind == OutputKind.SHARED) {
      section(name, body);
      return;
    }
    String[] all = new String[body.length + 2];
    all[0] = "PROVIDE_HIDDEN(__" + name.substring(1) + "_start = .);";
    System.arraycopy(body, 0, all, 1, body.length);
    all[all.length - 1] = "PROVIDE_HIDDEN(__" + name.substring(1) + "_end = .);";
    section(name, all);
  }

  /** Those with a priority come first; those of old objects are among the others. */
  private static String[] constructors(String name, String old) {
    return new String[] {
      "KEEP(*(SORT_BY_INIT_PRIORITY(" + name + ".*) SORT_BY_INIT_PRIORITY(" + old + ".*)))",
      "KEEP(*("
          + name
          + " EXCLUDE_FILE(*crtbegin.o *crtbegin?.o *crtend.o *crtend?.o) "
          + old
          + "))"
    };
  }

  /** A table whose start and end gcc's crtbegin.o and crtend.o hold. */
  private void table(String name) {
    section(
        name,
        "KEEP(*crtbegin.o(" + name + "))",
        "KEEP(*crtbegin?.o(" + name + "))",
        "KEEP(*(EXCLUDE_FILE(*crtend.o *crtend?.o) " + name + "))",
        "KEEP(*(SORT(" + name + ".*)))",
        "KEEP(*(" + name + "))");
  }

  /** The part of the GOT that the loader fills when functions are called is not in RELRO. */
  private void got() {
    int reserved = 3 * machine.wordSize();
    boolean relro = magic != LinkOption.Magic.OMAGIC;
    if (now) {
      section(".got", "*(.got.plt) *(.igot.plt) *(.got) *(.igot)");
      statement(". = DATA_SEGMENT_RELRO_END(0, .);");
      return;
    }
    section(".got", "*(.got) *(.igot)");
    if (relro) {
      String size = "SIZEOF(.got.plt) >= " + reserved + " ? " + reserved + " : 0";
      statement(". = DATA_SEGMENT_RELRO_END(" + size + ", .);");
    }
    section(".got.plt", "*(.got.plt) *(.igot.plt)");
  }

  /** In a library the symbols are there for those who ask. */
  private void mark(String symbol, boolean always) {
    String assign = symbol + " = .";
    statement(always && kind != OutputKind.SHARED ? assign + ";" : "PROVIDE(" + assign + ");");
  }

  private void zeros() {
    String word = Integer.toString(machine.wordSize());
    mark("_edata", true);
    mark("edata", false);
    statement(". = .;");
    mark("__bss_start", true);
    section(
        ".bss",
        "*(.dynbss)",
        family(".bss", "b"),
        "*(COMMON)",
        ". = ALIGN(. != 0 ? " + word + " : 1);");
    if (machine.is64()) {
      section(".lbss", "*(.dynlbss) " + family(".lbss", "lb") + " *(LARGE_COMMON)");
    }
    statement(". = ALIGN(" + word + ");");
    statement(". = SEGMENT_START(\"ldata-segment\", .);");
    if (machine.is64()) {
      section(".lrodata " + NEXT_PAGE_SAME_PLACE, family(".lrodata", "lr"));
      section(
          ".ldata " + NEXT_PAGE_SAME_PLACE,
          family(".ldata", "l"),
          ". = ALIGN(. != 0 ? " + word + " : 1);");
    }
    statement(". = ALIGN(" + word + ");");
    mark("_end", true);
    mark("end", false);
    if (magic != LinkOption.Magic.OMAGIC) {
      statement(". = DATA_SEGMENT_END(.);");
    }
  }

  private void notLoaded() {
    for (String name : STABS) {
      section(name + " 0", "*(" + name + ")");
    }
    section(".gnu.build.attributes", "*(.gnu.build.attributes .gnu.build.attributes.*)");
    for (String name : DEBUG) {
      String more =
          switch (name) {
            case ".debug_info" -> " .gnu.linkonce.wi.*";
            case ".debug_line" -> " .debug_line.* .debug_line_end";
            default -> "";
          };
      section(name + " 0", "*(" + name + more + ")");
    }
    section(".gnu.attributes 0", "KEEP(*(.gnu.attributes))");
  }

  /** Sections keep their names, which the final link goes by. */
  private void relocatable() {
    String rel = machine.relPrefix();
    for (String name :
        List.of(".interp", ".note.gnu.build-id", rel + ".dyn", ".init", ".plt", ".text", ".fini")) {
      section(name + " 0", "*(" + name + ")");
    }
    for (String name : List.of(".rodata", ".rodata1", ".eh_frame_hdr")) {
      section(name + " 0", "*(" + name + ")");
    }
    for (String[] s : UNWIND) {
      line("  " + s[0] + " 0 : { KEEP(*(" + s[0] + ")) }");
    }
    for (String name :
        List.of(".tdata", ".tbss", ".jcr", ".dynamic", ".got", ".got.plt", ".data", ".data1")) {
      section(name + " 0", "*(" + name + ")");
    }
    section(".bss 0", "*(.bss)");
    for (String name : STABS) {
      section(name + " 0", "*(" + name + ")");
    }
    for (String name : DEBUG) {
      section(name + " 0", "*(" + name + ")");
    }
  }
}
