package io.jld.pass;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.input.Decompress;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import java.lang.foreign.MemorySegment;

/**
 * Which output section an input section goes to: what GNU ld's built-in script says with patterns
 * such as {@code *(.text .text.* .gnu.linkonce.t.*)}. Sections that no pattern names keep their
 * names.
 */
public final class SectionNames {
  /** In the order in which they are tried: a name before its own prefixes. */
  private static final String[] PREFIXES = {
    ".text",
    ".rodata",
    ".data.rel.ro",
    ".data",
    ".bss.rel.ro",
    ".bss",
    ".tdata",
    ".tbss",
    ".init_array",
    ".fini_array",
    ".preinit_array",
    ".gcc_except_table",
    ".ctors",
    ".dtors",
    ".ldata",
    ".lrodata",
    ".lbss",
    ".eh_frame_entry"
  };

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
    MemorySegment s = f.sectionNames();
    long at = f.nameOffsetOf(section);
    if (at + 5 < s.byteSize() && ElfClass.u8(s, at) == '.') {
      int second = ElfClass.u8(s, at + 1);
      for (String prefix : PREFIXES) {
        if (prefix.charAt(1) == second && isBelow(s, at, prefix)) {
          return reversed(f, section)
              ? (prefix.equals(".ctors") ? ".init_array" : ".fini_array")
              : prefix;
        }
      }
      if (second == 'z' && Decompress.isGnuCompressed(f, section)) {
        return "." + Names.string(s, at + 2);
      }
      if (second == 'g' && Names.startsWith(s, at, ".gnu.linkonce.")) {
        for (String[] kind : LINKONCE) {
          if (Names.startsWith(s, at + 14, kind[0])) {
            return kind[1];
          }
        }
      }
    }
    return Names.string(s, at);
  }

  /** {@code NAME} itself or {@code NAME.ANYTHING}. */
  private static boolean isBelow(MemorySegment s, long at, String name) {
    if (!Names.startsWith(s, at, name)) {
      return false;
    }
    int next = ElfClass.u8(s, at + name.length());
    return next == 0 || next == '.';
  }

  /**
   * Whether the words of the section are written backwards: constructors in {@code .ctors} run from
   * last to first, those in {@code .init_array}, where they are put, from first to last. The lists
   * that crtbegin.o and crtend.o bracket keep their own sections.
   */
  public static boolean reversed(ObjectFile f, int section) {
    MemorySegment s = f.sectionNames();
    long at = f.nameOffsetOf(section);
    if (!isBelow(s, at, ".ctors") && !isBelow(s, at, ".dtors")) {
      return false;
    }
    String name = f.member() == null ? f.file() : f.member();
    String base = name.substring(name.lastIndexOf('/') + 1);
    return !base.startsWith("crtbegin") && !base.startsWith("crtend");
  }

  /** Debug information, as {@code -S} understands it. */
  public static boolean isDebug(ObjectFile f, int section) {
    if ((f.flags(section) & SHF_ALLOC) != 0) {
      return false;
    }
    MemorySegment s = f.sectionNames();
    long at = f.nameOffsetOf(section);
    return Names.startsWith(s, at, ".debug")
        || Names.startsWith(s, at, ".zdebug")
        || Names.startsWith(s, at, ".stab")
        || Names.startsWith(s, at, ".gnu.debuglto_")
        || Names.startsWith(s, at, ".gdb_index")
        || Names.is(s, at, ".line");
  }
}
