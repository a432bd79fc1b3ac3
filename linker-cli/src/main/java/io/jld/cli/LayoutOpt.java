package io.jld.cli;

import static io.jld.cli.Status.IGNORED;
import static io.jld.cli.Status.REFUSED;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import java.util.List;
import java.util.Locale;

/** What of the inputs is left out, and where the rest lies. */
enum LayoutOpt implements Opt {
  GC_SECTIONS("--gc-sections", "", "Leave out sections that nothing refers to"),
  NO_GC_SECTIONS("--no-gc-sections", "", "Keep them; the default"),
  GC_KEEP_EXPORTED("--gc-keep-exported", "", "Keep what has default visibility"),
  ICF("--icf", "MODE", "Link one of the sections that do the same: all, safe, none (the default)"),
  NO_ICF("--no-icf!", "", "Fold none; the default"),
  KEEP_UNIQUE("--keep-unique", "SYMBOL", "Do not fold the section of SYMBOL"),
  IGNORE_DATA_ADDRESS(
      "--ignore-data-address-equality",
      "",
      "Let --icf fold all read-only data: nothing compares addresses of it"),
  IGNORE_FUNCTION_ADDRESS(
      "--ignore-function-address-equality",
      "",
      "Let --icf=safe fold all functions: nothing compares their addresses"),
  RELAX("--relax", "", "Make code shorter or faster where addresses allow it; the default"),
  NO_RELAX("--no-relax", "", "Do so only where it is needed"),
  OPTIMIZE("-O --optimize!", "LEVEL", "2 and above merge the tails of strings"),
  STRIP_ALL("-s --strip-all", "", "Leave out symbol table and debug sections"),
  STRIP_DEBUG("-S --strip-debug", "", "Leave out debug sections"),
  STRIP_DISCARDED(
      "--strip-discarded", "", "Leave out symbols of discarded sections", IGNORED, "it is so"),
  NO_STRIP_DISCARDED(
      "--no-strip-discarded",
      "",
      "Keep symbols of discarded sections",
      IGNORED,
      "they would name nothing"),
  DISCARD_ALL("-x --discard-all", "", "Leave out local symbols"),
  DISCARD_LOCALS("-X --discard-locals", "", "Leave out local symbols that begin with .L"),
  DISCARD_NONE("--discard-none", "", "Keep all local symbols"),
  EMIT_RELOCS("-q --emit-relocs", "", "Keep the relocations in the output"),
  IMAGE_BASE("--image-base", "ADDRESS", "Address of the output's first byte"),
  TTEXT_SEGMENT("-Ttext-segment", "ADDRESS", "The same, in hexadecimal"),
  TTEXT("-Ttext", "ADDRESS", "Address of .text, in hexadecimal"),
  TDATA("-Tdata", "ADDRESS", "Address of .data, in hexadecimal"),
  TBSS("-Tbss", "ADDRESS", "Address of .bss, in hexadecimal"),
  SECTION_START("--section-start", "SECTION=ADDRESS", "Address of a section, in hexadecimal"),
  TRODATA_SEGMENT(
      "-Trodata-segment",
      "ADDRESS",
      "Address of .rodata and what follows it in its segment, in hexadecimal"),
  TLDATA_SEGMENT(
      "-Tldata-segment",
      "ADDRESS",
      "Address of the large data of amd64's medium and large code models, in hexadecimal"),
  NMAGIC("-n --nmagic", "", "One segment, not aligned to pages; static"),
  OMAGIC("-N --omagic!", "", "As -n, with writable text, and data next to it"),
  NO_OMAGIC("--no-omagic! --no-nmagic!", "", "Undo -n and -N"),
  SORT_SECTION(
      "--sort-section", "KEY", "Sort what wildcards of the layout match: name, alignment or none"),
  SYMBOL_ORDERING_FILE(
      "--symbol-ordering-file!", "FILE", "Put the sections of these symbols first, in this order"),
  SECTION_ORDERING_FILE(
      "--section-ordering-file",
      "FILE",
      "What output sections begin with, as in SECTIONS; or names of sections, which come last"),
  CALL_GRAPH_ORDERING_FILE(
      "--call-graph-ordering-file!",
      "FILE",
      "Put functions side by side that call each other often: lines CALLER CALLED COUNT"),
  CALL_GRAPH_PROFILE_SORT(
      "--call-graph-profile-sort!",
      "[=METHOD]",
      "Do so by profiles in the objects, too; the default. hfsort, cdsort (the same) or none"),
  NO_CALL_GRAPH_PROFILE_SORT("--no-call-graph-profile-sort", "", "Do neither"),
  WARN_SYMBOL_ORDERING(
      "--warn-symbol-ordering", "", "Warn about names there that have no section; the default"),
  NO_WARN_SYMBOL_ORDERING("--no-warn-symbol-ordering", "", "Do not"),
  SHUFFLE_SECTIONS(
      "--shuffle-sections!",
      "[=SEED]",
      "Shuffle input sections: [GLOB=]SEED, -1 to reverse them; default: another seed each time"),
  REVERSE_SECTIONS("--reverse-sections!", "", "As --shuffle-sections=-1"),
  TEXT_REORDER("--text-reorder!", "", "Put code together that is run as often; the default"),
  NO_TEXT_REORDER("--no-text-reorder!", "", "Leave it in the order of the inputs"),
  EXECUTE_ONLY("--execute-only!", "", "Code may be run, and not read"),
  NO_EXECUTE_ONLY("--no-execute-only!", "", "It may be read; the default"),
  UNIQUE("--unique", "[=SECTION]", "Sections that match, or the layout lacks, stay apart"),
  ORPHAN_HANDLING(
      "--orphan-handling",
      "MODE",
      "Sections that the layout does not name: place, warn, error, discard"),
  SPLIT_BY_FILE(
      "--split-by-file",
      "[=SIZE]",
      "Start a new output section after SIZE bytes",
      IGNORED,
      "ELF has no limit that calls for it"),
  SPLIT_BY_RELOC(
      "--split-by-reloc",
      "[=COUNT]",
      "Start a new output section after COUNT relocations",
      IGNORED,
      "ELF has no limit that calls for it"),
  CHECK_SECTIONS("--check-sections", "", "Check that sections do not overlap; the default"),
  NO_CHECK_SECTIONS(
      "--no-check-sections", "", "Do not check that beside a script; without one they never may"),
  NON_CONTIGUOUS(
      "--enable-non-contiguous-regions",
      "",
      "What does not fit into an output section's region goes to the next that matches"),
  NON_CONTIGUOUS_WARNINGS(
      "--enable-non-contiguous-regions-warnings",
      "",
      "Name the sections that may go elsewhere by that"),
  FORCE_GROUP_ALLOCATION("--force-group-allocation", "", "Take section groups apart with -r"),
  TASK_LINK(
      "--task-link",
      "SYMBOL",
      "Link for a VxWorks task",
      REFUSED,
      "it hides all symbols but one; -r with a version script is near it"),
  ROSEGMENT("--rosegment", "", "Read-only data and code have their own segments; the default"),
  NO_ROSEGMENT("--no-rosegment", "", "They share one"),
  GDB_INDEX("--gdb-index", "", "Write .gdb_index, by which GDB finds what it needs"),
  NO_GDB_INDEX("--no-gdb-index", "", "Write none; the default"),
  CTF_VARIABLES(
      "--ctf-variables", "", "Keep static variables in .ctf", IGNORED, ".ctf sections are copied"),
  NO_CTF_VARIABLES(
      "--no-ctf-variables", "", "Do not keep them", IGNORED, ".ctf sections are copied"),
  CTF_SHARE_TYPES(
      "--ctf-share-types",
      "METHOD",
      "How .ctf types are merged",
      IGNORED,
      ".ctf sections are copied");

  private final Form form;

  LayoutOpt(String names, String value, String help) {
    this(names, value, help, Status.HONOURED, "");
  }

  LayoutOpt(String names, String value, String help, Status status, String why) {
    form = new Form(names, value, help, status, why);
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public void apply(Settings s, String value, String spelling) {
    switch (this) {
      case GC_SECTIONS -> s.set(LinkOption.GC_SECTIONS, true);
      case NO_GC_SECTIONS -> s.set(LinkOption.GC_SECTIONS, false);
      case GC_KEEP_EXPORTED -> s.set(LinkOption.GC_KEEP_EXPORTED, true);
      case ICF -> {
        Values.check(spelling, value, "all", "safe", "none");
        s.set(
            LinkOption.ICF,
            value.equals("none") ? null : LinkOption.Icf.valueOf(value.toUpperCase(Locale.ROOT)));
      }
      case NO_ICF -> s.set(LinkOption.ICF, null);
      case TEXT_REORDER -> s.set(LinkOption.TEXT_REORDER, true);
      case NO_TEXT_REORDER -> s.set(LinkOption.TEXT_REORDER, false);
      case EXECUTE_ONLY -> s.set(LinkOption.EXECUTE_ONLY, true);
      case NO_EXECUTE_ONLY -> s.set(LinkOption.EXECUTE_ONLY, false);
      case REVERSE_SECTIONS -> {
        s.shuffles.add(Values.shuffle("-1"));
        s.set(LinkOption.SHUFFLE_SECTIONS, List.copyOf(s.shuffles));
      }
      case KEEP_UNIQUE -> s.add(LinkOption.KEEP_UNIQUE, value);
      case IGNORE_DATA_ADDRESS -> s.set(LinkOption.IGNORE_DATA_ADDRESS_EQUALITY, true);
      case IGNORE_FUNCTION_ADDRESS -> s.set(LinkOption.IGNORE_FUNCTION_ADDRESS_EQUALITY, true);
      case RELAX -> s.set(LinkOption.RELAX, true);
      case NO_RELAX -> s.set(LinkOption.RELAX, false);
      case OPTIMIZE -> s.set(LinkOption.OPTIMIZE, Numbers.count(value, 0, "level for -O"));
      case STRIP_ALL -> s.strip(LinkOption.Strip.ALL, null);
      case STRIP_DEBUG -> s.strip(LinkOption.Strip.DEBUG, null);
      case DISCARD_ALL -> s.set(LinkOption.DISCARD, LinkOption.Discard.ALL);
      case DISCARD_LOCALS -> s.set(LinkOption.DISCARD, LinkOption.Discard.LOCALS);
      case DISCARD_NONE -> s.set(LinkOption.DISCARD, LinkOption.Discard.NONE);
      case FORCE_GROUP_ALLOCATION -> s.set(LinkOption.FORCE_GROUP_ALLOCATION, true);
      case EMIT_RELOCS -> s.set(LinkOption.EMIT_RELOCS, true);
      case GDB_INDEX -> s.set(LinkOption.GDB_INDEX, true);
      case NO_GDB_INDEX -> s.set(LinkOption.GDB_INDEX, false);
      case ROSEGMENT -> s.set(LinkOption.ROSEGMENT, true);
      case NO_ROSEGMENT -> s.set(LinkOption.ROSEGMENT, false);
      case SYMBOL_ORDERING_FILE -> {
        s.set(LinkOption.SYMBOL_ORDER, Scripts.lines(s.warnings, spelling, value));
        s.orders.add(spelling);
      }
      case SECTION_ORDERING_FILE -> sectionOrder(s, value, spelling);
      case CALL_GRAPH_ORDERING_FILE -> {
        s.set(LinkOption.CALL_GRAPH, List.of(Scripts.read(spelling, value, List.of())));
        s.orders.add(spelling);
      }
      case CALL_GRAPH_PROFILE_SORT -> {
        if (value != null) {
          Values.check(spelling, value, "hfsort", "cdsort", "none");
        }
        s.set(LinkOption.CALL_GRAPH_SORT, !"none".equals(value));
      }
      case NO_CALL_GRAPH_PROFILE_SORT -> s.set(LinkOption.CALL_GRAPH_SORT, false);
      case WARN_SYMBOL_ORDERING -> s.set(LinkOption.WARN_SYMBOL_ORDERING, true);
      case NO_WARN_SYMBOL_ORDERING -> s.set(LinkOption.WARN_SYMBOL_ORDERING, false);
      case SHUFFLE_SECTIONS -> {
        s.shuffles.add(Values.shuffle(value));
        s.set(LinkOption.SHUFFLE_SECTIONS, List.copyOf(s.shuffles));
      }
      case NMAGIC -> magic(s, LinkOption.Magic.NMAGIC);
      case OMAGIC -> magic(s, LinkOption.Magic.OMAGIC);
      case NO_OMAGIC -> magic(s, LinkOption.Magic.DEMAND_PAGED);
      case TLDATA_SEGMENT -> s.set(LinkOption.LDATA_SEGMENT, Numbers.hex(value, spelling));
      case TRODATA_SEGMENT -> s.set(LinkOption.RODATA_SEGMENT, Numbers.hex(value, spelling));
      case IMAGE_BASE -> s.set(LinkOption.IMAGE_BASE, Numbers.c(value, "address for --image-base"));
      case TTEXT_SEGMENT -> s.set(LinkOption.IMAGE_BASE, Numbers.hex(value, spelling));
      case TTEXT -> s.sectionStart.put(".text", Numbers.hex(value, spelling));
      case TDATA -> s.sectionStart.put(".data", Numbers.hex(value, spelling));
      case TBSS -> s.sectionStart.put(".bss", Numbers.hex(value, spelling));
      case SECTION_START -> sectionStart(s, value, spelling);
      case SORT_SECTION -> {
        Values.check(spelling, value, "name", "alignment", "none");
        s.set(
            LinkOption.SORT_SECTION,
            LinkOption.SortSection.valueOf(value.toUpperCase(Locale.ROOT)));
      }
      case CHECK_SECTIONS -> s.set(LinkOption.CHECK_SECTIONS, true);
      case NO_CHECK_SECTIONS -> s.set(LinkOption.CHECK_SECTIONS, false);
      case NON_CONTIGUOUS -> s.set(LinkOption.NON_CONTIGUOUS_REGIONS, true);
      case NON_CONTIGUOUS_WARNINGS -> s.set(LinkOption.NON_CONTIGUOUS_WARNINGS, true);
      case UNIQUE -> s.add(LinkOption.UNIQUE, value == null ? "" : value);
      case ORPHAN_HANDLING -> {
        Values.check(spelling, value, "place", "warn", "error", "discard");
        s.set(
            LinkOption.ORPHAN_HANDLING,
            LinkOption.OrphanHandling.valueOf(value.toUpperCase(Locale.ROOT)));
      }
      default -> throw new AssertionError(this);
    }
  }

  private static void magic(Settings s, LinkOption.Magic magic) {
    s.set(LinkOption.MAGIC, magic);
    s.inputs.flags(s.inputs.flags().withStaticOnly(magic != LinkOption.Magic.DEMAND_PAGED));
  }

  /** What has braces is GNU ld's form of the file, all else gold's: a name on each line. */
  private static void sectionOrder(Settings s, String value, String spelling) {
    LinkOption.Script file = Scripts.read(spelling, value, List.of());
    boolean braces = file.text().indexOf('{') >= 0;
    s.set(LinkOption.SECTION_ORDER_SCRIPT, braces ? List.of(file) : List.of());
    s.set(
        LinkOption.SECTION_ORDER, braces ? List.of() : Scripts.lines(s.warnings, spelling, value));
  }

  private static void sectionStart(Settings s, String value, String spelling) {
    int equals = value.indexOf('=');
    if (equals <= 0) {
      throw new UsageException(
          DiagnosticCode.INVALID_VALUE, "invalid --section-start '" + value + "': SECTION=ADDRESS");
    }
    s.sectionStart.put(
        value.substring(0, equals), Numbers.hex(value.substring(equals + 1), spelling));
  }
}
