package io.jld.content;

import static io.jld.elf.Elf.*;

import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.SectionTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Merges the objects' {@code .note.gnu.property} sections into one (Linux gABI extensions, "Program
 * Property"). How a property is merged follows from the range that its number lies in.
 */
public final class MergeProperties {
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

  public static void run(Context ctxt) {
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
            Reader::new,
            (reader, from, to) -> {
              for (int o = from; o < to; o++) {
                found.set(o, reader.read(objects.get(o)));
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
      ctxt.handOn(new NoteProperty(ctxt.elf, merged, type -> width(rule(type))));
    }
  }

  // Read

  /** Reads the properties of one object after the other. */
  private final class Reader {
    private ObjectFile file;
    private int section;
    private byte[] bytes = {};
    private boolean unknown;

    /** Most objects of a link say the same: what was read of {@link #bytes}, if that is all. */
    private SortedMap<Integer, Long> last;

    private long lastAlign;

    /** The properties of one object by number; its sections are taken out of the output. */
    SortedMap<Integer, Long> read(ObjectFile f) {
      SortedMap<Integer, Long> properties = NONE;
      for (int i = 1, n = f.hasNotes() ? f.sectionCount() : 0; i < n; i++) {
        int id = f.firstSection() + i;
        if (f.type(i) == SHT_NOTE
            && ctxt.sections.isLive(id)
            && f.isNamed(i, ".note.gnu.property")) {
          file = f;
          section = i;
          properties = readSection(properties);
          ctxt.sections.clear(id, SectionTable.LIVE);
        }
      }
      return properties;
    }

    /** Adds those of a section to {@code more}, which the object's sections before have given. */
    private SortedMap<Integer, Long> readSection(SortedMap<Integer, Long> more) {
      MemorySegment content = ctxt.content(file, section);
      verify(content.byteSize() <= Integer.MAX_VALUE - 8, 0, "section is too large");
      byte[] before = bytes;
      bytes = Bytes.of(content);
      long align = file.align(section) == 8 ? 8 : 4;
      if (last != null && more == NONE && align == lastAlign && Arrays.equals(bytes, before)) {
        return last;
      }
      SortedMap<Integer, Long> properties = new TreeMap<>(Integer::compareUnsigned);
      properties.putAll(more);
      unknown = false;
      readNotes(align, properties);
      last = unknown || more != NONE ? null : properties; // each object has its own warnings
      lastAlign = align;
      return properties;
    }

    private void readNotes(long align, SortedMap<Integer, Long> properties) {
      long at = 0;
      while (at < bytes.length) {
        verify(bytes.length - at >= 12, at, "note is cut off");
        long nameSize = u32(at);
        long size = u32(at + 4);
        long desc = at + ElfClass.align(12 + nameSize, align);
        verify(
            desc <= bytes.length && size <= bytes.length - desc,
            at,
            "note reaches beyond its section");
        if (u32(at + 8) == NT_GNU_PROPERTY_TYPE_0 && nameSize == 4 && u32(at + 12) == 0x554e47) {
          readProperties(desc, desc + size, properties);
        }
        at = ElfClass.align(desc + size, align);
      }
    }

    private void readProperties(long from, long end, SortedMap<Integer, Long> properties) {
      long at = from;
      while (at < end) {
        verify(end - at >= 8, at, "program property is cut off");
        int type = (int) u32(at);
        long size = u32(at + 4);
        verify(size <= end - at - 8, at, "program property reaches beyond its note");
        Rule rule = rule(type);
        if (rule == Rule.UNKNOWN) {
          unknown = true;
          ctxt.warning(
              file.location(section, at),
              "unknown program property 0x" + Integer.toHexString(type) + " is left out");
        } else {
          int width = width(rule);
          if (size != width) {
            verify(
                false, at, "program property 0x" + Integer.toHexString(type) + " has size " + size);
          }
          long value = width == 0 ? 1 : width == 4 ? u32(at + 8) : u32(at + 8) | u32(at + 12) << 32;
          properties.merge(type, value, rule == Rule.MAX ? MergeProperties::max : (a, b) -> a | b);
        }
        at += 8 + ElfClass.align(size, ctxt.elf.wordSize);
      }
    }

    private long u32(long at) {
      return Bytes.s32(bytes, (int) at) & 0xffffffffL;
    }

    private void verify(boolean condition, long offset, String reason) {
      if (!condition) {
        throw new LinkException(file.location(section, offset), reason);
      }
    }
  }

  private static long max(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
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
    // Each once: no rule asks how often, and most objects share theirs.
    Set<SortedMap<Integer, Long>> all = Collections.newSetFromMap(new IdentityHashMap<>());
    TreeSet<Integer> types = new TreeSet<>(Integer::compareUnsigned);
    for (SortedMap<Integer, Long> p : found) {
      if (all.add(p)) {
        types.addAll(p.keySet());
      }
    }
    SortedMap<Integer, Long> merged = new TreeMap<>(Integer::compareUnsigned);
    for (int type : types) {
      Rule rule = rule(type);
      boolean everywhere = true;
      long or = 0;
      long and = -1;
      long max = 0;
      for (SortedMap<Integer, Long> p : all) {
        Long value = p.get(type);
        everywhere &= value != null;
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
          if (everywhere) {
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
