package io.jld.content;

import static io.jld.elf.Elf.*;

import io.jld.arch.Properties;
import io.jld.arch.Properties.Range;
import io.jld.arch.Properties.Rule;
import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
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
 * Property"). How a property is merged follows from the range that its number lies in: some ranges
 * are the same everywhere, and the architecture has those of its own ({@link Properties}).
 */
public final class MergeProperties {
  private static final int STACK_SIZE = 1;
  private static final int NO_COPY_ON_PROTECTED = 2;
  private static final int UINT32_AND_LO = 0xb0000000;
  private static final int UINT32_OR_LO = 0xb0008000;
  private static final int UINT32_OR_HI = 0xb000ffff;

  /** What all architectures share: numbers, and how their values are merged. */
  private static final List<Range> SHARED =
      List.of(
          new Range(STACK_SIZE, STACK_SIZE, Rule.MAX),
          new Range(NO_COPY_ON_PROTECTED, NO_COPY_ON_PROTECTED, Rule.PRESENT),
          new Range(UINT32_AND_LO, UINT32_OR_LO - 1, Rule.AND),
          new Range(UINT32_OR_LO, UINT32_OR_HI, Rule.OR));

  /** What the user may vouch for on all architectures: in {@code 1_NEEDED}. */
  private static final List<Properties.Keyword> SHARED_KEYWORDS =
      List.of(new Properties.Keyword("indirect-extern-access", UINT32_OR_LO, 1, 1));

  /** Of an object without notes. */
  private static final SortedMap<Integer, Long> NONE = Collections.emptySortedMap();

  private final Context ctxt;
  private final Properties own;

  private MergeProperties(Context ctxt) {
    this.ctxt = ctxt;
    this.own = ctxt.arch().properties();
  }

  public static void run(Context ctxt) {
    new MergeProperties(ctxt).merge();
  }

  private void merge() {
    // what the linker has made of data and of symbols has no code that could lack a feature
    List<LinkedObject> objects = new ArrayList<>(ctxt.objects().size());
    for (LinkedObject o : ctxt.objects()) {
      ObjectFile.Origin origin = o.file().origin();
      if (origin == ObjectFile.Origin.FILE || origin == ObjectFile.Origin.COMPILED) {
        objects.add(o);
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
    for (Properties.Report report : own.reports()) {
      reportMissing(report, objects, found);
    }
    SortedMap<Integer, Long> merged = merge(found);
    force(merged);
    ctxt.setProperties(merged);
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
    SortedMap<Integer, Long> read(LinkedObject object) {
      ObjectFile f = object.file();
      SortedMap<Integer, Long> properties = NONE;
      for (int i = 1, n = f.hasNotes() ? f.sectionCount() : 0; i < n; i++) {
        int id = object.sectionId(i);
        if (f.type(i) == SHT_NOTE
            && ctxt.sections().isLive(id)
            && f.isNamed(i, ".note.gnu.property")) {
          file = f;
          section = i;
          properties = readSection(properties);
          ctxt.sections().clear(id, SectionTable.LIVE);
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
        if (rule == null) {
          unknown = true;
          ctxt.warning(
              DiagnosticCode.PROGRAM_PROPERTY,
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
        throw new LinkException(
            DiagnosticCode.MALFORMED_CONTENT, file.location(section, offset), reason);
      }
    }
  }

  private static long max(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }

  /** How a property is merged; null for one that nobody has defined. */
  private Rule rule(int type) {
    Rule shared = rule(SHARED, type);
    return shared != null ? shared : rule(own.ranges(), type);
  }

  private static Rule rule(List<Range> ranges, int type) {
    for (Range range : ranges) {
      if (range.contains(type)) {
        return range.rule();
      }
    }
    return null;
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
    SortedMap<Integer, Long> forced = new TreeMap<>(Integer::compareUnsigned);
    for (String z : ctxt.option(LinkOption.Z_KEYWORDS)) {
      force(forced, own.keywords(), z);
      force(forced, SHARED_KEYWORDS, z);
    }
    forced.forEach((type, bits) -> merged.merge(type, bits, (a, b) -> a | b));
  }

  private static void force(
      SortedMap<Integer, Long> forced, List<Properties.Keyword> keywords, String z) {
    for (Properties.Keyword k : keywords) {
      if (k.keyword().equals(z)) {
        long before = forced.getOrDefault(k.property(), 0L);
        forced.put(k.property(), before & ~k.mask() | k.bits());
      }
    }
  }

  /** Reports the objects that keep the output from having a property's bits. */
  private void reportMissing(
      Properties.Report report, List<LinkedObject> objects, List<SortedMap<Integer, Long>> found) {
    String level = "none";
    for (String z : ctxt.option(LinkOption.Z_KEYWORDS)) {
      if (z.startsWith(report.keyword() + "=")) {
        level = z.substring(report.keyword().length() + 1);
      }
    }
    if (!level.equals("warning") && !level.equals("error")) {
      return;
    }
    for (int o = 0; o < found.size(); o++) {
      long there = found.get(o).getOrDefault(report.property(), 0L);
      List<String> missing = new ArrayList<>();
      for (Properties.Bit bit : report.bits()) {
        if ((there & bit.bit()) == 0) {
          missing.add(bit.name());
        }
      }
      if (!missing.isEmpty()) {
        String message =
            "missing "
                + String.join(" and ", missing)
                + (missing.size() == 1 ? " property" : " properties");
        Location where = objects.get(o).file().location();
        if (level.equals("error")) {
          ctxt.error(DiagnosticCode.PROGRAM_PROPERTY, where, message);
        } else {
          ctxt.warning(DiagnosticCode.PROGRAM_PROPERTY, where, message);
        }
      }
    }
  }
}
