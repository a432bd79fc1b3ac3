package io.jld.pass;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.input.Decompress;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.symbol.SectionTable;
import io.jld.synth.MergePieces;
import io.jld.synth.MergePool;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Splits sections with {@code SHF_MERGE} (gABI, "Section Attribute Flags") into strings and
 * constants, and links each of them once. What can't be split stays as it is: it has relocations,
 * or its last string has no end.
 */
final class MergeSections {
  /** What sections must have in common to share a pool. */
  private record Key(String section, int type, long flags, long align, long entsize) {
    // Written out: what the JVM makes of a record for these is not in the AOT cache.

    @Override
    public boolean equals(Object o) {
      return o instanceof Key k
          && section.equals(k.section)
          && type == k.type
          && flags == k.flags
          && align == k.align
          && entsize == k.entsize;
    }

    @Override
    public int hashCode() {
      return 31 * (31 * section.hashCode() + type) + Long.hashCode(flags ^ align << 16 ^ entsize);
    }
  }

  /** A section that will be split. */
  private record Candidate(int index, Key key, MemorySegment content) {}

  /** Compilers ask for 32 at most; more would only waste space. */
  private static final int MAX_STRING_ALIGN = 64;

  private MergeSections() {}

  static void run(Context ctxt) {
    List<ObjectFile> objects = ctxt.objects;
    boolean keepDebug = ctxt.option(LinkOption.STRIP) == LinkOption.Strip.NONE;
    List<List<Candidate>> candidates = new ArrayList<>();
    objects.forEach(f -> candidates.add(List.of()));
    ctxt.tasks()
        .forRanges(
            objects.size(),
            8,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                candidates.set(o, find(ctxt, objects.get(o), keepDebug));
              }
            });
    List<MergePool> pools = new ArrayList<>();
    Map<Key, MergePool> byKey = new HashMap<>();
    for (List<Candidate> list : candidates) {
      for (Candidate c : list) {
        Key k = c.key();
        byKey.computeIfAbsent(
            k,
            unused -> {
              pools.add(
                  new MergePool(
                      ctxt.mergePools,
                      pools.size(),
                      k.section(),
                      k.type(),
                      k.flags(),
                      k.align(),
                      k.entsize()));
              return pools.getLast();
            });
      }
    }
    MergePieces[] pieces = new MergePieces[objects.size()];
    ctxt.tasks()
        .forRanges(
            pieces.length,
            4,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                if (!candidates.get(o).isEmpty()) {
                  pieces[o] = split(ctxt, objects.get(o), candidates.get(o), byKey);
                }
              }
            });
    ctxt.mergePools.merge(ctxt, pools, pieces);
  }

  private static List<Candidate> find(Context ctxt, ObjectFile f, boolean keepDebug) {
    List<Candidate> found = List.of();
    for (int i = 1; i < f.sectionCount(); i++) {
      if (isMergeable(ctxt, f, i) && (keepDebug || !SectionNames.isDebug(f, i))) {
        MemorySegment content = ctxt.content(f, i);
        long align = Decompress.align(f, i);
        if (canSplit(content, f.flags(i), align, f.entsize(i))) {
          long flags = f.flags(i) & (SHF_ALLOC | SHF_EXECINSTR | SHF_MERGE | SHF_STRINGS);
          found = found.isEmpty() ? new ArrayList<>() : found;
          Key key = new Key(SectionNames.outputName(f, i), f.type(i), flags, align, f.entsize(i));
          found.add(new Candidate(i, key, content));
        }
      }
    }
    return found;
  }

  private static boolean isMergeable(Context ctxt, ObjectFile f, int i) {
    long flags = f.flags(i);
    return (flags & (SHF_MERGE | SHF_WRITE | SHF_TLS)) == SHF_MERGE
        && ctxt.sections.isLive(f.firstSection() + i)
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

  private static MergePieces split(
      Context ctxt, ObjectFile f, List<Candidate> list, Map<Key, MergePool> byKey) {
    MergePieces pieces = new MergePieces(f);
    for (Candidate c : list) {
      pieces.addSection(c.index(), byKey.get(c.key()), c.content());
      if ((c.key().flags() & SHF_STRINGS) != 0) {
        splitStrings(pieces, c.content(), (int) c.key().entsize());
      } else {
        splitConstants(pieces, c.content(), (int) c.key().entsize());
      }
      int id = f.firstSection() + c.index();
      ctxt.sections.clear(id, SectionTable.LIVE);
      ctxt.sections.set(id, SectionTable.MERGED);
    }
    pieces.finish();
    return pieces;
  }

  private static void splitStrings(MergePieces pieces, MemorySegment s, int width) {
    int size = (int) s.byteSize();
    int at = 0;
    while (at < size) {
      int end = at;
      if (width == 1) {
        end += Names.length(s, at) + 1;
      } else {
        while (!isNul(s, end, width)) {
          end += width;
        }
        end += width;
      }
      pieces.add(at, Names.hash(s, at, end - at));
      at = end;
    }
  }

  private static void splitConstants(MergePieces pieces, MemorySegment s, int entsize) {
    int size = (int) s.byteSize();
    for (int at = 0; at < size; at += entsize) {
      pieces.add(at, Names.hash(s, at, entsize));
    }
  }
}
