package io.jld.input;

import static io.jld.elf.Elf.*;

import java.lang.foreign.MemorySegment;

/**
 * Which output section an input section goes to: what GNU ld's built-in script says with patterns
 * such as {@code *(.text .text.* .gnu.linkonce.t.*)}. Sections that no pattern names keep their
 * names.
 */
public final class SectionNames {
  /** {@code .gnu.linkonce.KIND.NAME}. */
  private static final String[][] LINKONCE = {
    {"t.", ".text"},
    {"r.", ".rodata"},
    {"d.rel.ro.", ".data.rel.ro"},
    {"d.", ".data"},
    {"b.", ".bss"},
    {"td.", ".tdata"},
    {"tb.", ".tbss"},
    {"s.", ".sdata"},
    {"sb.", ".sbss"}
  };

  private SectionNames() {}

  public static String outputName(ObjectFile f, int section) {
    SectionKind kind = f.kind(section);
    if (kind == SectionKind.CTORS || kind == SectionKind.DTORS) {
      return !reversed(f, section)
          ? kind.output()
          : kind == SectionKind.CTORS ? ".init_array" : ".fini_array";
    }
    return kind.output() != null ? kind.output() : ownName(f, section, kind);
  }

  /** The output section's name where the kind alone does not tell it. */
  private static String ownName(ObjectFile f, int section, SectionKind kind) {
    MemorySegment s = f.sectionNames();
    long at = f.nameOffsetOf(section);
    switch (kind) {
      case ZDEBUG -> {
        if (Decompress.isGnuCompressed(f, section)) {
          return "." + Names.string(s, at + 2);
        }
      }
      case LINKONCE -> {
        for (String[] to : LINKONCE) {
          if (Names.startsWith(s, at + 14, to[0])) {
            return to[1];
          }
        }
      }
      default -> {}
    }
    return Names.string(s, at);
  }

  /**
   * Whether the words of the section are written backwards: constructors in {@code .ctors} run from
   * last to first, those in {@code .init_array}, where they are put, from first to last. The lists
   * that crtbegin.o and crtend.o bracket keep their own sections.
   */
  public static boolean reversed(ObjectFile f, int section) {
    SectionKind kind = f.kind(section);
    if (kind != SectionKind.CTORS && kind != SectionKind.DTORS) {
      return false;
    }
    String name = f.member() == null ? f.fileName() : f.member();
    String base = name.substring(name.lastIndexOf('/') + 1);
    return !base.startsWith("crtbegin") && !base.startsWith("crtend");
  }

  /** Debug information, as {@code -S} understands it. */
  public static boolean isDebug(ObjectFile f, int section) {
    if ((f.flags(section) & SHF_ALLOC) != 0) {
      return false;
    }
    SectionKind kind = f.kind(section);
    return kind == SectionKind.DEBUG || kind == SectionKind.ZDEBUG;
  }

  /** {@code .init_array.N} by N, {@code .ctors.N} by 65535 - N; without a number last. */
  public static int priority(ObjectFile f, int section) {
    String name = f.sectionName(section);
    int dot = name.lastIndexOf('.');
    int n = number(name, dot + 1);
    if (n < 0) {
      return 65536;
    }
    return name.startsWith(".ctors") || name.startsWith(".dtors") ? 65535 - n : n;
  }

  public static int number(String s, int from) {
    if (from >= s.length() || s.length() - from > 5) {
      return -1;
    }
    int n = 0;
    for (int i = from; i < s.length(); i++) {
      int d = s.charAt(i) - '0';
      if (d < 0 || d > 9) {
        return -1;
      }
      n = n * 10 + d;
    }
    return n;
  }
}
