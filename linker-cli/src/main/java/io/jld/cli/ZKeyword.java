package io.jld.cli;

import static io.jld.cli.Status.HONOURED;
import static io.jld.cli.Status.IGNORED;
import static io.jld.cli.Status.REFUSED;

/** The keywords of {@code -z}: a table as {@link Opt} is, of GNU ld 2.40's for ELF on x86. */
enum ZKeyword {
  NOW("now", "", "Resolve all symbols when the program starts"),
  LAZY("lazy", "", "Resolve functions when they are first called; the default"),
  RELRO("relro", "", "Make what only the loader writes read-only; the default"),
  NORELRO("norelro", "", "Do not"),
  SEPARATE_CODE("separate-code", "", "Give code its own pages; the default"),
  NOSEPARATE_CODE("noseparate-code", "", "Do not"),
  SEPARATE_LOADABLE_SEGMENTS(
      "separate-loadable-segments", "", "Give each segment its own pages of the file"),
  GNUSTACK("gnustack", "", "Have a segment that says if the stack is executable; the default"),
  NOGNUSTACK("nognustack", "", "Have none"),
  EXECSTACK("execstack", "", "The stack is executable"),
  NOEXECSTACK("noexecstack", "", "The stack is not executable"),
  STACK_SIZE("stack-size", "SIZE", "Size of the stack segment in bytes"),
  TEXT("text", "", "Dynamic relocations in read-only sections are errors"),
  NOTEXT("notext", "", "They are allowed"),
  TEXTOFF("textoff", "", "They are allowed"),
  DEFS("defs", "", "As --no-undefined"),
  UNDEFS("undefs", "", "Undefined symbols are ignored"),
  NODEFS("nodefs", "", "mold: as undefs"),
  EXECSTACK_IF_NEEDED("execstack-if-needed", "", "mold: as the inputs ask; the default"),
  KEEP_TEXT_PREFIX(
      "keep-text-section-prefix",
      "",
      "gold, lld, mold: code by how often it runs has output sections of its own: .text.hot"),
  NOKEEP_TEXT_PREFIX("nokeep-text-section-prefix", "", "It has not; the default"),
  MULDEFS("muldefs", "", "As --allow-multiple-definition"),
  MAX_PAGE_SIZE("max-page-size", "SIZE", "Alignment of the segments in bytes"),
  COMMON_PAGE_SIZE("common-page-size", "SIZE", "The page size that the layout saves space for"),
  START_STOP_GC("start-stop-gc", "", "__start_X does not keep sections X from --gc-sections"),
  NOSTART_STOP_GC("nostart-stop-gc", "", "It does; the default"),
  START_STOP_VISIBILITY(
      "start-stop-visibility",
      "VISIBILITY",
      "Of __start_X, __stop_X: default, protected, hidden, internal"),
  PACK_RELATIVE_RELOCS("pack-relative-relocs", "", "Write relative relocations packed, as DT_RELR"),
  NOPACK_RELATIVE_RELOCS("nopack-relative-relocs", "", "Do not; the default"),
  RODYNAMIC("rodynamic", "", "Make .dynamic read-only; debuggers find no libraries then"),
  NORODYNAMIC("norodynamic", "", "Do not; the default"),
  SECTIONHEADER("sectionheader", "", "Write section headers; the default"),
  NOSECTIONHEADER("nosectionheader", "", "Write neither section headers nor a symbol table"),
  ORIGIN("origin", "", "Mark: the loader must know $ORIGIN"),
  NODELETE("nodelete", "", "Mark: cannot be unloaded"),
  NODLOPEN("nodlopen", "", "Mark: dlopen refuses it"),
  NODUMP("nodump", "", "Mark: dldump refuses it"),
  INITFIRST("initfirst", "", "Mark: initialised before all others"),
  INTERPOSE("interpose", "", "Mark: searched before all but the executable"),
  GLOBAL("global", "", "Mark: its symbols are seen by libraries that are loaded later"),
  GLOBALAUDIT("globalaudit", "", "Mark: is audited globally"),
  LOADFLTR("loadfltr", "", "Mark: its filters are loaded at once"),
  NODEFAULTLIB("nodefaultlib", "", "Mark: the loader does not search its standard directories"),
  UNIQUE("unique", "", "Mark: loaded once, into the main namespace"),
  NOUNIQUE("nounique", "", "No such mark; the default"),
  NOCOPYRELOC("nocopyreloc", "", "Do not copy a library's data into the executable"),
  DYNAMIC_UNDEFINED_WEAK(
      "dynamic-undefined-weak", "", "Leave undefined weak symbols to the loader"),
  NODYNAMIC_UNDEFINED_WEAK("nodynamic-undefined-weak", "", "They are 0"),
  IBT("ibt", "", "Mark for indirect branch tracking, with a PLT for it"),
  IBTPLT("ibtplt", "", "A PLT for indirect branch tracking"),
  SHSTK("shstk", "", "Mark for shadow stacks"),
  CET_REPORT("cet-report", "LEVEL", "Report inputs without these marks: none, warning, error"),
  COMBRELOC("combreloc", "", "One sorted section of dynamic relocations", IGNORED, "it is so"),
  NOCOMBRELOC("nocombreloc", "", "Several", IGNORED, "the loader takes them in any order"),
  COMMON("common", "", "Common symbols are STT_COMMON with -r"),
  NOCOMMON("nocommon", "", "They are STT_OBJECT"),
  UNIQUE_SYMBOL(
      "unique-symbol",
      "",
      "Number local symbols of the same name",
      REFUSED,
      "local symbols keep the names that the objects give them"),
  NOUNIQUE_SYMBOL("nounique-symbol", "", "Do not", IGNORED, "it is so"),
  NOEXTERN_PROTECTED_DATA(
      "noextern-protected-data",
      "",
      "Protected data has one address in its library",
      IGNORED,
      "it is so"),
  INDIRECT_EXTERN_ACCESS(
      "indirect-extern-access",
      "",
      "Mark: reaches others' symbols through the GOT; as -z nocopyreloc"),
  NOINDIRECT_EXTERN_ACCESS("noindirect-extern-access", "", "No such mark; the default"),
  NORELOC_OVERFLOW(
      "noreloc-overflow",
      "",
      "Do not check that relocations fit",
      REFUSED,
      "the program would jump or read at random"),
  CALL_NOP(
      "call-nop", "PADDING", "Filler of calls that get shorter", IGNORED, "they all do nothing"),
  REPORT_RELATIVE_RELOC(
      "report-relative-reloc", "", "Report relative relocations", IGNORED, "readelf -r lists them"),
  X86_64_BASELINE("x86-64-baseline", "", "Mark: needs this level"),
  X86_64_V2("x86-64-v2", "", "Mark: needs this level"),
  X86_64_V3("x86-64-v3", "", "Mark: needs this level"),
  X86_64_V4("x86-64-v4", "", "Mark: needs this level"),
  TEXT_UNLIKELY_SEGMENT(
      "text-unlikely-segment",
      "",
      "gold: code that hardly runs has a segment of its own",
      REFUSED,
      "keep-text-section-prefix gives it a section of its own"),
  NOTEXT_UNLIKELY_SEGMENT("notext-unlikely-segment", "", "gold: it has not", IGNORED, "it is so"),
  REWRITE_ENDBR(
      "rewrite-endbr",
      "",
      "mold: leave endbr out where no address is taken",
      REFUSED,
      "code is not rewritten so far"),
  LAM_U48("lam-u48", "", "Mark for address masking"),
  LAM_U48_REPORT(
      "lam-u48-report",
      "LEVEL",
      "Report inputs without the mark",
      IGNORED,
      "no loader reads the mark"),
  LAM_U57("lam-u57", "", "Mark for address masking"),
  LAM_U57_REPORT(
      "lam-u57-report",
      "LEVEL",
      "Report inputs without the mark",
      IGNORED,
      "no loader reads the mark"),
  LAM_REPORT(
      "lam-report",
      "LEVEL",
      "Report inputs without the marks",
      IGNORED,
      "no loader reads the mark");

  private final String keyword;
  private final String value;
  private final String help;
  private final Status status;
  private final String why;

  ZKeyword(String keyword, String value, String help) {
    this(keyword, value, help, HONOURED, "");
  }

  ZKeyword(String keyword, String value, String help, Status status, String why) {
    this.keyword = keyword;
    this.value = value;
    this.help = help;
    this.status = status;
    this.why = why;
  }

  /**
   * The keyword of an argument such as {@code now} or {@code stack-size=4096}.
   *
   * @return null if there is none
   */
  static ZKeyword of(String argument) {
    int equals = argument.indexOf('=');
    String name = equals < 0 ? argument : argument.substring(0, equals);
    for (ZKeyword z : values()) {
      if (z.keyword.equals(name)) {
        return z.value.isEmpty() == equals < 0 ? z : null;
      }
    }
    return null;
  }

  String keyword() {
    return keyword;
  }

  /** What the value after {@code =} is called; empty for a keyword without one. */
  String value() {
    return value;
  }

  String help() {
    return help;
  }

  Status status() {
    return status;
  }

  /** Why it is ignored or refused; empty for a keyword that is honoured. */
  String why() {
    return why;
  }
}
