package io.jld.pass;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.symbol.SectionTable;
import io.jld.synth.NoteProperty;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Merges the objects' {@code .note.gnu.property} sections into one (Linux gABI extensions, "Program
 * Property"). How a property is merged follows from the range that its number lies in.
 */
final class MergeProperties {
  private static final int STACK_SIZE = 1;
  private static final int NO_COPY_ON_PROTECTED = 2;
  private static final int UINT32_AND_LO = 0xb0000000;
  private static final int UINT32_OR_LO = 0xb0008000;
  private static final int UINT32_OR_HI = 0xb000ffff;

  // x86-64 psABI, "Program Property"; i386 has the same numbers
  private static final int EM_386 = 3;
  private static final int EM_X86_64 = 62;
  private static final int X86_COMPAT_ISA_1_USED = 0xc0000000;
  private static final int X86_COMPAT_ISA_1_NEEDED = 0xc0000001;
  private static final int X86_UINT32_AND_LO = 0xc0000002;
  private static final int X86_UINT32_OR_LO = 0xc0008000;
  private static final int X86_UINT32_OR_AND_LO = 0xc0010000;
  private static final int X86_UINT32_OR_AND_HI = 0xc0017fff;
  private static final int X86_FEATURE_1_AND = X86_UINT32_AND_LO;
  private static final int X86_ISA_1_NEEDED = X86_UINT32_OR_LO + 2;
  private static final int IBT = 1;
  private static final int SHSTK = 2;
  private static final int LAM_U48 = 4;
  private static final int LAM_U57 = 8;

  private enum Rule {
    /** All bits that all objects have; an object without the property has none. */
    AND,
    /** All bits that any object has. */
    OR,
    /** All bits that any object has, if all objects have the property. */
    OR_AND,
    /** The largest value; as wide as an address. */
    MAX,
    /** There or not, without a value. */
    PRESENT,
    UNKNOWN
  }

  /** Of an object without notes. */
  private static final SortedMap<Integer, Long> NONE = Collections.emptySortedMap();

  private final Context ctxt;
  private final boolean x86;

  private MergeProperties(Context ctxt) {
    this.ctxt = ctxt;
    int machine = ctxt.arch().info().machine();
    this.x86 = machine == EM_386 || machine == EM_X86_64;
  }

  static void run(Context ctxt) {
    new MergeProperties(ctxt).merge();
  }

  private void merge() {
    // what the linker has made of data and of symbols has no code that could lack a feature
    List<ObjectFile> objects = new ArrayList<>(ctxt.objects.size());
    for (ObjectFile f : ctxt.objects) {
      if (f.origin() == ObjectFile.Origin.FILE) {
        objects.add(f);
      }
    }
    List<SortedMap<Integer, Long>> found =
        new ArrayList<>(Collections.nCopies(objects.size(), NONE));
    ctxt.tasks()
        .forRanges(
            objects.size(),
            32,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                found.set(o, read(objects.get(o)));
              }
            });
    if (x86) {
      reportMissing(objects, found);
    }
    SortedMap<Integer, Long> merged = merge(found);
    if (x86) {
      force(merged);
      ctxt.features = merged.getOrDefault(X86_FEATURE_1_AND, 0L).intValue();
    }
    if (!merged.isEmpty()) {
      ctxt.noteProperty = new NoteProperty(ctxt.elf, merged, type -> width(rule(type)));
    }
  }

  // Read

  /** The properties of one object by number; its sections are taken out of the output. */
  private SortedMap<Integer, Long> read(ObjectFile f) {
    SortedMap<Integer, Long> properties = NONE;
    for (int i = 1; i < f.sectionCount() && f.hasNotes(); i++) {
      int id = f.firstSection() + i;
      if (f.type(i) == SHT_NOTE && ctxt.sections.isLive(id) && f.isNamed(i, ".note.gnu.property")) {
        properties = properties == NONE ? new TreeMap<>(Integer::compareUnsigned) : properties;
        readNotes(f, i, ctxt.content(f, i), properties);
        ctxt.sections.clear(id, SectionTable.LIVE);
      }
    }
    return properties;
  }

  private void readNotes(
      ObjectFile f, int section, MemorySegment s, SortedMap<Integer, Long> properties) {
    long align = f.align(section) == 8 ? 8 : 4;
    long at = 0;
    while (at < s.byteSize()) {
      verify(s.byteSize() - at >= 12, f, section, at, "note is cut off");
      long nameSize = ElfClass.u32(s, at);
      long size = ElfClass.u32(s, at + 4);
      long desc = at + align(12 + nameSize, align);
      verify(
          desc <= s.byteSize() && size <= s.byteSize() - desc,
          f,
          section,
          at,
          "note reaches beyond its section");
      if (ElfClass.s32(s, at + 8) == NT_GNU_PROPERTY_TYPE_0
          && nameSize == 4
          && ElfClass.u32(s, at + 12) == 0x554e47) {
        readProperties(f, section, s, desc, desc + size, properties);
      }
      at = align(desc + size, align);
    }
  }

  private void readProperties(
      ObjectFile f,
      int section,
      MemorySegment s,
      long from,
      long end,
      SortedMap<Integer, Long> properties) {
    long at = from;
    while (at < end) {
      verify(end - at >= 8, f, section, at, "program property is cut off");
      int type = ElfClass.s32(s, at);
      long size = ElfClass.u32(s, at + 4);
      verify(size <= end - at - 8, f, section, at, "program property reaches beyond its note");
      Rule rule = rule(type);
      if (rule == Rule.UNKNOWN) {
        ctxt.warning(
            f.location(section, at),
            "unknown program property 0x" + Integer.toHexString(type) + " is left out");
      } else {
        int width = width(rule);
        verify(
            size == width,
            f,
            section,
            at,
            "program property 0x" + Integer.toHexString(type) + " has size " + size);
        long value =
            width == 0 ? 1 : width == 4 ? ElfClass.u32(s, at + 8) : ElfClass.u64(s, at + 8);
        properties.merge(type, value, rule == Rule.MAX ? MergeProperties::max : (a, b) -> a | b);
      }
      at += 8 + align(size, ctxt.elf.wordSize);
    }
  }

  private static long align(long value, long to) {
    return (value + to - 1) & -to;
  }

  private static long max(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }

  private static void verify(
      boolean condition, ObjectFile f, int section, long offset, String reason) {
    if (!condition) {
      throw new LinkException(f.location(section, offset), reason);
    }
  }

  private Rule rule(int type) {
    if (type == STACK_SIZE) {
      return Rule.MAX;
    }
    if (type == NO_COPY_ON_PROTECTED) {
      return Rule.PRESENT;
    }
    if (isIn(type, UINT32_AND_LO, UINT32_OR_LO - 1)) {
      return Rule.AND;
    }
    if (isIn(type, UINT32_OR_LO, UINT32_OR_HI)) {
      return Rule.OR;
    }
    return x86 ? x86Rule(type) : Rule.UNKNOWN;
  }

  private static Rule x86Rule(int type) {
    if (type == X86_COMPAT_ISA_1_NEEDED || isIn(type, X86_UINT32_OR_LO, X86_UINT32_OR_AND_LO - 1)) {
      return Rule.OR;
    }
    if (type == X86_COMPAT_ISA_1_USED || isIn(type, X86_UINT32_OR_AND_LO, X86_UINT32_OR_AND_HI)) {
      return Rule.OR_AND;
    }
    return isIn(type, X86_UINT32_AND_LO, X86_UINT32_OR_LO - 1) ? Rule.AND : Rule.UNKNOWN;
  }

  private static boolean isIn(int type, int low, int high) {
    return Integer.compareUnsigned(type, low) >= 0 && Integer.compareUnsigned(type, high) <= 0;
  }

  /** Bytes of a property's value. */
  private int width(Rule rule) {
    return switch (rule) {
      case PRESENT -> 0;
      case MAX -> ctxt.elf.wordSize;
      default -> 4;
    };
  }

  // Merge

  private SortedMap<Integer, Long> merge(List<SortedMap<Integer, Long>> found) {
    TreeSet<Integer> types = new TreeSet<>(Integer::compareUnsigned);
    for (SortedMap<Integer, Long> p : found) {
      if (p != NONE) {
        types.addAll(p.keySet());
      }
    }
    SortedMap<Integer, Long> merged = new TreeMap<>(Integer::compareUnsigned);
    for (int type : types) {
      Rule rule = rule(type);
      boolean all = true;
      long or = 0;
      long and = -1;
      long max = 0;
      for (SortedMap<Integer, Long> p : found) {
        Long value = p == NONE ? null : p.get(type);
        all &= value != null;
        long v = value == null ? 0 : value;
        or |= v;
        and &= v;
        max = max(max, v);
      }
      switch (rule) {
        case AND -> putUnlessZero(merged, type, and);
        case OR -> putUnlessZero(merged, type, or);
        case MAX -> merged.put(type, max);
        case PRESENT -> merged.put(type, 1L);
        case OR_AND -> {
          if (all) {
            merged.put(type, or);
          }
        }
        case UNKNOWN -> throw new IllegalStateException();
      }
    }
    return merged;
  }

  private static void putUnlessZero(SortedMap<Integer, Long> merged, int type, long value) {
    if (value != 0) {
      merged.put(type, value);
    }
  }

  // -z keywords

  /** What the user vouches for. */
  private void force(SortedMap<Integer, Long> merged) {
    long features = 0;
    long isa = 0;
    boolean is64 = ctxt.elf.is64();
    for (String z : ctxt.option(LinkOption.Z_KEYWORDS)) {
      switch (z) {
        case "ibt" -> features |= IBT;
        case "ibtplt" -> ctxt.ibtPlt = true;
        case "shstk" -> features |= SHSTK;
        case "lam-u48" -> features |= is64 ? LAM_U48 | LAM_U57 : 0; // who keeps 15 bits, keeps 6
        case "lam-u57" -> features |= is64 ? LAM_U57 : 0;
        case "x86-64-baseline" -> isa = 1;
        case "x86-64-v2" -> isa = 2;
        case "x86-64-v3" -> isa = 4;
        case "x86-64-v4" -> isa = 8;
        default -> {}
      }
    }
    if (features != 0) {
      merged.merge(X86_FEATURE_1_AND, features, (a, b) -> a | b);
    }
    if (isa != 0) {
      merged.merge(X86_ISA_1_NEEDED, isa, (a, b) -> a | b);
    }
  }

  /** {@code -z cet-report}: which objects keep the output from having IBT and shadow stacks. */
  private void reportMissing(List<ObjectFile> objects, List<SortedMap<Integer, Long>> found) {
    String level = "none";
    for (String z : ctxt.option(LinkOption.Z_KEYWORDS)) {
      if (z.startsWith("cet-report=")) {
        level = z.substring("cet-report=".length());
      }
    }
    if (!level.equals("warning") && !level.equals("error")) {
      return;
    }
    for (int o = 0; o < found.size(); o++) {
      long features = found.get(o).getOrDefault(X86_FEATURE_1_AND, 0L);
      String missing =
          switch ((int) features & (IBT | SHSTK)) {
            case IBT | SHSTK -> null;
            case IBT -> "missing SHSTK property";
            case SHSTK -> "missing IBT property";
            default -> "missing IBT and SHSTK properties";
          };
      if (missing != null) {
        Location where = objects.get(o).location();
        if (level.equals("error")) {
          ctxt.error(where, missing);
        } else {
          ctxt.warning(where, missing);
        }
      }
    }
  }
}
