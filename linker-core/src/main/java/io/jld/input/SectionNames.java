package io.jld.input;

import static io.jld.elf.Elf.*;

/** What the names of input sections say. */
public final class SectionNames {
  private SectionNames() {}

  /**
   * The name by which plans know a section: {@code .debug_line} for a {@code .zdebug_line}, which
   * is compressed in the older way.
   */
  public static String planned(ObjectFile f, int section) {
    String name = f.sectionName(section);
    return f.kind(section) == SectionKind.ZDEBUG && Decompress.isGnuCompressed(f, section)
        ? "." + name.substring(2)
        : name;
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
