package io.jld.input;

/**
 * What the beginning of an input section's name says of it. Names of sections are looked at by many
 * passes, and there are a million of them: this is found once, while the section headers are read.
 *
 * <p>Those with an {@link #output} are named so, or so with a dot and more behind it ({@code
 * .text.main}), as the patterns of GNU ld's built-in script have them.
 */
public enum SectionKind {
  /** None of these. */
  OTHER(null),
  TEXT(".text"),
  TEXT_UNLIKELY(".text"),
  TEXT_EXIT(".text"),
  TEXT_STARTUP(".text"),
  TEXT_HOT(".text"),
  RODATA(".rodata"),
  DATA_REL_RO(".data.rel.ro"),
  DATA(".data"),
  BSS_REL_RO(".bss.rel.ro"),
  BSS(".bss"),
  TDATA(".tdata"),
  TBSS(".tbss"),
  INIT_ARRAY(".init_array"),
  FINI_ARRAY(".fini_array"),
  PREINIT_ARRAY(".preinit_array"),
  GCC_EXCEPT_TABLE(".gcc_except_table"),
  CTORS(".ctors"),
  DTORS(".dtors"),
  LDATA(".ldata"),
  LRODATA(".lrodata"),
  LBSS(".lbss"),
  EH_FRAME_ENTRY(".eh_frame_entry"),

  /** Begins with no dot: it may be an identifier of C, for which {@code __start_NAME} stands. */
  IDENTIFIER(null),

  /** {@code .eh_frame} itself. */
  EH_FRAME(null),

  /** {@code .gnu.linkonce.KIND.NAME}. */
  LINKONCE(null),

  /** {@code .gnu.warning.SYMBOL}. */
  WARNING(null),

  /** {@code .gnu.lto_NAME}. */
  LTO(null),

  /** {@code .note.GNU-stack}. */
  STACK_NOTE(null),

  /** Debug information, as {@code -S} understands it, where the section is not loaded. */
  DEBUG(null),

  /** {@code .zdebug_NAME}: the same, perhaps compressed in the older way. */
  ZDEBUG(null);

  private static final SectionKind[] ALL = values();

  private final String output;

  /** The first bytes of {@link #output}, eight at most, as a word; and which bytes those are. */
  private final long head;

  private final long mask;

  SectionKind(String output) {
    this.output = output;
    int n = output == null ? 0 : Math.min(8, output.length());
    long word = 0;
    for (int i = 0; i < n; i++) {
      word |= (long) output.charAt(i) << (8 * i);
    }
    head = word;
    mask = n == 8 ? -1 : (1L << (8 * n)) - 1;
  }

  /** The section of the output that it goes to; null where the name itself decides. */
  public String output() {
    return output;
  }

  static SectionKind of(byte ordinal) {
    return ALL[ordinal];
  }

  /** The kind of the name that begins at {@code off}. */
  static SectionKind of(StringTable names, long off) {
    if (names.byteAt(off) != '.') {
      return names.byteAt(off) == 0 ? OTHER : IDENTIFIER;
    }
    return switch (names.byteAt(off + 1)) {
      case 't' ->
          below(names, off, TEXT)
              ? text(names, off + 5)
              : below(names, off, TDATA) ? TDATA : below(names, off, TBSS) ? TBSS : OTHER;
      case 'r' -> below(names, off, RODATA) ? RODATA : OTHER;
      case 'd' ->
          names.startsWith(off, ".debug")
              ? DEBUG
              : below(names, off, DATA_REL_RO)
                  ? DATA_REL_RO
                  : below(names, off, DATA) ? DATA : below(names, off, DTORS) ? DTORS : OTHER;
      case 'b' -> below(names, off, BSS_REL_RO) ? BSS_REL_RO : below(names, off, BSS) ? BSS : OTHER;
      case 'i' -> below(names, off, INIT_ARRAY) ? INIT_ARRAY : OTHER;
      case 'f' -> below(names, off, FINI_ARRAY) ? FINI_ARRAY : OTHER;
      case 'p' -> below(names, off, PREINIT_ARRAY) ? PREINIT_ARRAY : OTHER;
      case 'g' -> gnu(names, off);
      case 'c' -> below(names, off, CTORS) ? CTORS : OTHER;
      case 'l' -> large(names, off);
      case 'e' ->
          names.is(off, ".eh_frame")
              ? EH_FRAME
              : below(names, off, EH_FRAME_ENTRY) ? EH_FRAME_ENTRY : OTHER;
      case 'n' -> names.is(off, ".note.GNU-stack") ? STACK_NOTE : OTHER;
      case 's' -> names.startsWith(off, ".stab") ? DEBUG : OTHER;
      case 'z' -> names.startsWith(off, ".zdebug") ? ZDEBUG : OTHER;
      default -> OTHER;
    };
  }

  /** {@code NAME} itself or {@code NAME.ANYTHING}. */
  private static boolean below(StringTable names, long off, SectionKind kind) {
    return (names.word(off) & kind.mask) == kind.head && below(names, off, kind.output);
  }

  private static boolean below(StringTable names, long off, String name) {
    if (!names.startsWith(off, name)) {
      return false;
    }
    int next = names.byteAt(off + name.length());
    return next == 0 || next == '.';
  }

  /** How often code runs, as compilers say it: {@code .text.KIND}; {@code off} is behind the t. */
  private static SectionKind text(StringTable names, long off) {
    if (names.byteAt(off) == 0) {
      return TEXT;
    }
    return switch (names.byteAt(off + 1)) {
      case 'u' -> below(names, off, ".unlikely") ? TEXT_UNLIKELY : TEXT;
      case 'e' -> below(names, off, ".exit") ? TEXT_EXIT : TEXT;
      case 's' -> below(names, off, ".startup") ? TEXT_STARTUP : TEXT;
      case 'h' -> below(names, off, ".hot") ? TEXT_HOT : TEXT;
      default -> TEXT;
    };
  }

  private static SectionKind gnu(StringTable names, long off) {
    if (below(names, off, GCC_EXCEPT_TABLE)) {
      return GCC_EXCEPT_TABLE;
    }
    if (names.startsWith(off, ".gdb_index")) {
      return DEBUG;
    }
    if (!names.startsWith(off, ".gnu.")) {
      return OTHER;
    }
    long rest = off + 5;
    return names.startsWith(rest, "linkonce.")
        ? LINKONCE
        : names.startsWith(rest, "warning.")
            ? WARNING
            : names.startsWith(rest, "lto_")
                ? LTO
                : names.startsWith(rest, "debuglto_") ? DEBUG : OTHER;
  }

  private static SectionKind large(StringTable names, long off) {
    return below(names, off, LDATA)
        ? LDATA
        : below(names, off, LRODATA)
            ? LRODATA
            : below(names, off, LBSS) ? LBSS : names.is(off, ".line") ? DEBUG : OTHER;
  }
}
