package io.jld.place;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;

/**
 * What a section is, in the terms in which GNU ld decides where orphans go and what an output
 * section becomes: a set of bits. An output section that has nothing yet has none.
 */
public final class Traits {
  /** Has bytes in the file. */
  public static final int CONTENTS = 1;

  public static final int ALLOC = 1 << 1;

  /** Its bytes are loaded. */
  public static final int LOAD = 1 << 2;

  public static final int READONLY = 1 << 3;
  public static final int CODE = 1 << 4;
  public static final int TLS = 1 << 5;
  public static final int DEBUG = 1 << 6;

  /** {@code (NOLOAD)}. */
  static final int NEVER_LOAD = 1 << 7;

  /** Loaded, and no code. */
  static final int DATA = 1 << 8;

  private Traits() {}

  /** Of an input section. */
  public static int of(ObjectFile f, int section) {
    boolean debug =
        switch (f.kind(section)) {
          case DEBUG, ZDEBUG -> true;
          case OTHER, LINKONCE ->
              (f.flags(section) & SHF_ALLOC) == 0 && isDebug(f.sectionName(section));
          default -> false;
        };
    return of(debug, f.type(section), f.flags(section));
  }

  /** Of a section that the linker makes. */
  public static int of(String name, int type, long flags) {
    return of(isDebug(name), type, flags);
  }

  private static int of(boolean debug, int type, long flags) {
    int t = 0;
    if (type != SHT_NOBITS) {
      t |= CONTENTS;
    }
    if ((flags & SHF_ALLOC) != 0) {
      t |= type == SHT_NOBITS ? ALLOC : ALLOC | LOAD;
    } else if (debug) {
      t |= DEBUG;
    }
    if ((flags & SHF_WRITE) == 0) {
      t |= READONLY;
    }
    if ((flags & SHF_EXECINSTR) != 0) {
      t |= CODE;
    } else if ((t & LOAD) != 0) {
      t |= DATA;
    }
    if ((flags & SHF_TLS) != 0) {
      t |= TLS;
    }
    return t;
  }

  private static boolean isDebug(String name) {
    return name.startsWith(".debug")
        || name.startsWith(".zdebug")
        || name.startsWith(".gnu.linkonce.wi.")
        || name.startsWith(".line")
        || name.startsWith(".stab")
        || name.equals(".gdb_index");
  }

  /** The flags of ELF that they stand for. */
  static long flags(int traits) {
    long flags = 0;
    flags |= (traits & ALLOC) != 0 ? SHF_ALLOC : 0;
    flags |= (traits & READONLY) == 0 ? SHF_WRITE : 0;
    flags |= (traits & CODE) != 0 ? SHF_EXECINSTR : 0;
    flags |= (traits & TLS) != 0 ? SHF_TLS : 0;
    return flags;
  }

  /** The type of a section that has no other: with or without bytes in the file. */
  static int type(int traits) {
    return (traits & ALLOC) != 0 && (traits & (LOAD | CONTENTS)) == 0 ? SHT_NOBITS : SHT_PROGBITS;
  }

  /**
   * Whether a section takes no room where it stands: not allocated, or zeros of the TLS segment.
   */
  static boolean isIgnored(int traits) {
    return (traits & ((traits & TLS) != 0 ? LOAD : ALLOC)) == 0;
  }
}
