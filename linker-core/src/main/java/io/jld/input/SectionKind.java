package io.jld.input;

/**
 * What the beginning of an input section's name says of it. Names of sections are looked at by many
 * passes, and there are a million of them: this is found once, while the section headers are read.
 *
 * <p>The name of a kind with a {@link #family} is that, or that with a dot and more after it
 * ({@code .text.main}), as in the patterns of GNU ld's built-in script, unless the kind's comment
 * says otherwise.
 */
public enum SectionKind {
  /** None of the following. */
  OTHER(null),
  TEXT(".text"),
  TEXT_UNLIKELY(".text.unlikely"),
  TEXT_EXIT(".text.exit"),
  TEXT_STARTUP(".text.startup"),
  TEXT_HOT(".text.hot"),
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
  LTEXT(".ltext"),
  LDATA(".ldata"),
  LRODATA(".lrodata"),
  LBSS(".lbss"),
  EH_FRAME_ENTRY(".eh_frame_entry"),

  /** {@code .comment} itself, which nearly every object has. */
  COMMENT(".comment"),

  /** Begins with no dot: it may be an identifier of C, for which {@code __start_NAME} stands. */
  IDENTIFIER(null),

  /** {@code .eh_frame} itself. */
  EH_FRAME(".eh_frame"),

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

  private final String family;

  /** The first bytes of {@link #family}, eight at most, as a word; and which bytes those are. */
  private final long head;

  private final long mask;

  SectionKind(String family) {
    this.family = family;
    int n = family == null ? 0 : Math.min(8, family.length());
    long word = 0;
    for (int i = 0; i < n; i++) {
      word |= (long) family.charAt(i) << (8 * i);
    }
    head = word;
    mask = n == 8 ? -1 : (1L << (8 * n)) - 1;
  }

  /**
   * What all sections of the kind are named, or begin with before a dot: {@code .text.hot}. There
   * may be another kind for some of them. Null where that is not all that the kind says.
   */
  public String family() {
    return family;
  }

  /** Whether all sections of the kind have the name {@link #family} itself. */
  public boolean isOneName() {
    return this == COMMENT || this == EH_FRAME;
  }

  static SectionKind of(byte ordinal) {
    return ALL[ordinal];
  }

  /** The kind of the name that begins at {@code off}. */
  static SectionKind of(StringTable names, long off) {
    long word = names.word(off);
    int first = (int) word & 0xff;
    if (first != '.') {
      return first == 0 ? OTHER : IDENTIFIER;
    }
    return switch ((int) (word >> 8) & 0xff) {
      case 't' ->
          below(names, off, word, TEXT)
              ? text(names, off + 5)
              : below(names, off, word, TDATA)
                  ? TDATA
                  : below(names, off, word, TBSS) ? TBSS : OTHER;
      case 'r' -> below(names, off, word, RODATA) ? RODATA : OTHER;
      case 'd' ->
          names.startsWith(off, ".debug")
              ? DEBUG
              : below(names, off, word, DATA_REL_RO)
                  ? DATA_REL_RO
                  : below(names, off, word, DATA)
                      ? DATA
                      : below(names, off, word, DTORS) ? DTORS : OTHER;
      case 'b' ->
          below(names, off, word, BSS_REL_RO)
              ? BSS_REL_RO
              : below(names, off, word, BSS) ? BSS : OTHER;
      case 'i' -> below(names, off, word, INIT_ARRAY) ? INIT_ARRAY : OTHER;
      case 'f' -> below(names, off, word, FINI_ARRAY) ? FINI_ARRAY : OTHER;
      case 'p' -> below(names, off, word, PREINIT_ARRAY) ? PREINIT_ARRAY : OTHER;
      case 'g' -> gnu(names, off, word);
      case 'c' ->
          word == COMMENT.head && names.byteAt(off + 8) == 0
              ? COMMENT
              : below(names, off, word, CTORS) ? CTORS : OTHER;
      case 'l' -> large(names, off, word);
      case 'e' ->
          names.is(off, ".eh_frame")
              ? EH_FRAME
              : below(names, off, word, EH_FRAME_ENTRY) ? EH_FRAME_ENTRY : OTHER;
      case 'n' -> names.is(off, ".note.GNU-stack") ? STACK_NOTE : OTHER;
      case 's' -> names.startsWith(off, ".stab") ? DEBUG : OTHER;
      case 'z' -> names.startsWith(off, ".zdebug") ? ZDEBUG : OTHER;
      default -> OTHER;
    };
  }

  /**
   * {@code NAME} itself or {@code NAME.ANYTHING}.
   *
   * @param word the first eight bytes; what they do not tell is rarely looked at
   */
  private static boolean below(StringTable names, long off, long word, SectionKind kind) {
    if ((word & kind.mask) != kind.head) {
      return false;
    }
    String name = kind.family;
    return (name.length() <= 8 || names.startsWith(off, name))
        && isEnd(names.byteAt(off + name.length()));
  }

  private static boolean below(StringTable names, long off, String name) {
    return names.startsWith(off, name) && isEnd(names.byteAt(off + name.length()));
  }

  private static boolean isEnd(int next) {
    return next == 0 || next == '.';
  }

  /** How often code runs, as compilers say it: {@code .text.KIND}; {@code off} is after the t. */
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

  private static SectionKind gnu(StringTable names, long off, long word) {
    if (below(names, off, word, GCC_EXCEPT_TABLE)) {
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

  private static SectionKind large(StringTable names, long off, long word) {
    return below(names, off, word, LTEXT)
        ? LTEXT
        : below(names, off, word, LDATA)
            ? LDATA
            : below(names, off, word, LRODATA)
                ? LRODATA
                : below(names, off, word, LBSS) ? LBSS : names.is(off, ".line") ? DEBUG : OTHER;
  }
}
