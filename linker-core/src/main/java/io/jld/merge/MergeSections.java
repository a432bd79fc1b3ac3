package io.jld.merge;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.input.Decompress;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import io.jld.input.SectionNames;
import io.jld.input.StringTable;
import io.jld.link.LinkOption;
import io.jld.link.NameBytes;
import io.jld.match.ApartSections;
import io.jld.match.Matching;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Splits sections with {@code SHF_MERGE} (gABI, "Section Attribute Flags") into strings and
 * constants, and links each of them once. What can't be split stays as it is: it has relocations,
 * or its last string has no end. So does what {@code --unique} keeps apart.
 */
public final class MergeSections {
  /** What sections must have in common to share a pool. */
  private record Key(String section, int type, long flags, long align, long entsize) {
    boolean is(String s, int t, long f, long a, long e) {
      return type == t && flags == f && align == a && entsize == e && section.equals(s);
    }

    // Written by hand: the methods that the JVM makes for a record are not in the AOT cache.

    @Override
    public boolean equals(Object o) {
      return o instanceof Key k && is(k.section, k.type, k.flags, k.align, k.entsize);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * section.hashCode() + type) + Long.hashCode(flags ^ align << 16 ^ entsize);
    }
  }

  /** The sections of an object that will be split; most are of the kinds that came last. */
  private static final class Candidates {
    private static final int RECENT = 8;

    private int count;
    private int[] index = new int[8];
    private int[] kind = new int[8];
    private MemorySegment[] content = new MemorySegment[8];

    /** A kind may be here more than once. */
    private final List<Key> kinds = new ArrayList<>();

    /** The pool of each kind. */
    private final List<MergePool> pools = new ArrayList<>();

    void add(
        int section,
        MemorySegment bytes,
        String name,
        int type,
        long flags,
        long align,
        long entsize) {
      if (count == index.length) {
        index = Arrays.copyOf(index, count * 2);
        kind = Arrays.copyOf(kind, count * 2);
        content = Arrays.copyOf(content, count * 2);
      }
      int k = kinds.size() - 1;
      int last = Math.max(0, kinds.size() - RECENT);
      while (k >= last && !kinds.get(k).is(name, type, flags, align, entsize)) {
        k--;
      }
      if (k < last) {
        k = kinds.size();
        kinds.add(new Key(name, type, flags, align, entsize));
      }
      index[count] = section;
      content[count] = bytes;
      kind[count++] = k;
    }
  }

  /** Compilers ask for 32 at most; more would only waste space. */
  private static final int MAX_STRING_ALIGN = 64;

  private MergeSections() {}

  public static void run(Context ctxt) {
    List<LinkedObject> objects = ctxt.objects();
    boolean keepDebug = ctxt.option(LinkOption.STRIP) == LinkOption.Strip.NONE;
    boolean unique = !ctxt.option(LinkOption.UNIQUE).isEmpty();
    ApartSections apart = unique ? new ApartSections(ctxt) : null;
    Candidates[] candidates = new Candidates[objects.size() + 1];
    ctxt.tasks()
        .forRanges(
            objects.size(),
            8,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                candidates[o] = find(ctxt, objects.get(o), keepDebug, apart);
              }
            });
    Candidates own = comment(ctxt);
    candidates[objects.size()] = own;
    MergePools merged = new MergePools();
    ctxt.handOn(merged);
    List<MergePool> pools = makePools(merged, candidates);
    MergePieces[] pieces = new MergePieces[objects.size()];
    ctxt.tasks()
        .forRanges(
            pieces.length,
            4,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                if (candidates[o] != null) {
                  pieces[o] = split(ctxt, objects.get(o), candidates[o]);
                }
              }
            });
    merged.merge(ctxt, pools, pieces, splitOwn(own));
  }

  /** The linker's own string for {@code .comment}, beside those of the compilers. */
  private static Candidates comment(Context ctxt) {
    Candidates own = new Candidates();
    byte[] text = NameBytes.bytes("Linker: jld " + ctxt.version + '\0');
    long flags = SHF_MERGE | SHF_STRINGS;
    own.add(0, MemorySegment.ofArray(text), ".comment", SHT_PROGBITS, flags, 1, 1);
    return own;
  }

  private static MergePieces splitOwn(Candidates own) {
    MergePieces pieces = new MergePieces(1);
    pieces.addSection(own.index[0], own.pools.get(own.kind[0]), own.content[0]);
    splitStrings(pieces, own.content[0]);
    pieces.finish();
    return pieces;
  }

  /** Makes a pool for each kind of section, in the order in which the link first needs them. */
  private static List<MergePool> makePools(MergePools all, Candidates[] candidates) {
    List<MergePool> pools = new ArrayList<>();
    Map<Key, MergePool> byKey = new HashMap<>();
    for (Candidates c : candidates) {
      for (int k = 0; c != null && k < c.kinds.size(); k++) {
        Key key = c.kinds.get(k);
        MergePool pool = byKey.get(key);
        if (pool == null) {
          pool =
              new MergePool(
                  all,
                  pools.size(),
                  key.section(),
                  key.type(),
                  key.flags(),
                  key.align(),
                  key.entsize());
          pools.add(pool);
          byKey.put(key, pool);
        }
        c.pools.add(pool);
      }
    }
    return pools;
  }

  /**
   * What will be split of an object; null for nothing.
   *
   * @param apart says what joins no other section; null for nothing
   */
  private static Candidates find(
      Context ctxt, LinkedObject object, boolean keepDebug, ApartSections apart) {
    ObjectFile f = object.file();
    Candidates found = null;
    for (int i = 1, n = f.sectionCount(); i < n; i++) {
      if (isMergeable(ctxt, object, i)
          && (keepDebug || !SectionNames.isDebug(f, i))
          && (apart == null || !isApart(ctxt, object, i, apart))) {
        MemorySegment content = ctxt.content(f, i);
        long align = Decompress.align(f, i);
        if (canSplit(content, f.flags(i), align, f.entsize(i))) {
          long flags = f.flags(i) & (SHF_ALLOC | SHF_EXECINSTR | SHF_MERGE | SHF_STRINGS);
          found = found == null ? new Candidates() : found;
          String name = outputName(ctxt, object, i);
          found.add(i, content, name, f.type(i), flags, align, f.entsize(i));
        }
      }
    }
    return found;
  }

  private static String outputName(Context ctxt, LinkedObject object, int i) {
    ObjectFile f = object.file();
    return Matching.of(ctxt).outputName(object.sectionId(i), SectionNames.planned(f, i));
  }

  private static boolean isApart(Context ctxt, LinkedObject object, int i, ApartSections apart) {
    return Matching.of(ctxt).isOrphan(object.sectionId(i)) && apart.isOrphanApart(object.file(), i);
  }

  private static boolean isMergeable(Context ctxt, LinkedObject object, int i) {
    ObjectFile f = object.file();
    long flags = f.flags(i);
    // SHF_LINK_ORDER: the content has to keep the order of other sections
    return (flags & (SHF_MERGE | SHF_WRITE | SHF_TLS | SHF_LINK_ORDER)) == SHF_MERGE
        && ctxt.sections().isLive(object.sectionId(i))
        && f.type(i) != SHT_NOBITS
        && f.relocSection(i) == 0;
  }

  /**
   * Whether the content is a whole number of pieces. A constant larger than its alignment keeps it
   * only as a multiple of it; a string starts at a multiple of the section's alignment wherever it
   * goes.
   */
  private static boolean canSplit(MemorySegment content, long flags, long align, long entsize) {
    long size = content.byteSize();
    if (size == 0
        || size > Integer.MAX_VALUE - 8
        || entsize <= 0
        || entsize > size
        || size % entsize != 0) {
      return false;
    }
    if ((flags & SHF_STRINGS) == 0) {
      return entsize % align == 0;
    }
    return (entsize == 1 || entsize == 2 || entsize == 4)
        && align <= MAX_STRING_ALIGN
        && isNul(content, size - entsize, (int) entsize);
  }

  private static boolean isNul(MemorySegment s, long at, int width) {
    return switch (width) {
      case 1 -> ElfClass.u8(s, at) == 0;
      case 2 -> ElfClass.u16(s, at) == 0;
      default -> ElfClass.s32(s, at) == 0;
    };
  }

  private static MergePieces split(Context ctxt, LinkedObject object, Candidates found) {
    ObjectFile f = object.file();
    MergePieces pieces = new MergePieces(f.sectionCount());
    for (int c = 0; c < found.count; c++) {
      MergePool pool = found.pools.get(found.kind[c]);
      MemorySegment content = found.content[c];
      int entsize = (int) f.entsize(found.index[c]);
      pieces.addSection(found.index[c], pool, content);
      if (!pool.isStrings()) {
        splitConstants(pieces, content, entsize);
      } else if (entsize == 1) {
        splitStrings(pieces, content);
      } else {
        splitWide(pieces, content, entsize);
      }
      int id = object.sectionId(found.index[c]);
      ctxt.sections().clear(id, SectionTable.LIVE);
      ctxt.sections().set(id, SectionTable.MERGED);
    }
    pieces.finish();
    return pieces;
  }

  private static void splitStrings(MergePieces pieces, MemorySegment s) {
    int size = (int) s.byteSize();
    StringTable table = new StringTable(s, 0, size);
    int at = 0;
    while (at < size) {
      int length = table.length(at) + 1;
      pieces.add(at, table.hash(at, length));
      at += length;
    }
  }

  private static void splitWide(MergePieces pieces, MemorySegment s, int width) {
    int size = (int) s.byteSize();
    int at = 0;
    while (at < size) {
      int end = at;
      while (!isNul(s, end, width)) {
        end += width;
      }
      end += width;
      pieces.add(at, Names.hash(s, at, end - at));
      at = end;
    }
  }

  private static void splitConstants(MergePieces pieces, MemorySegment s, int entsize) {
    int size = (int) s.byteSize();
    StringTable table = new StringTable(s, 0, size);
    for (int at = 0; at < size; at += entsize) {
      pieces.add(at, table.hash(at, entsize));
    }
  }
}
