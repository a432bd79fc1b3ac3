package io.jld.symbol;

import io.jld.elf.Columns;
import io.jld.elf.Elf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The input sections of all linked objects in columns. A section's number is its object's first one
 * plus its index in the object; numbers follow the order of the link. Number 0 is no section.
 */
public final class SectionTable {
  /** Part of the output: has a place in an output section. */
  public static final int LIVE = 1;

  /** Reached by {@code --gc-sections}. */
  public static final int MARKED = 2;

  /**
   * Left out because another object's COMDAT group was linked, or because a script throws it away
   * ({@link #THROWN_AWAY}): what it defines is not defined by it.
   */
  public static final int DUPLICATE = 4;

  /** Left out by {@code --gc-sections}. */
  public static final int COLLECTED = 8;

  /** Split into pieces that are merged with other sections' ({@code SHF_MERGE}). */
  public static final int MERGED = 16;

  /** An {@code .eh_frame} section: its records have places of their own. */
  public static final int EH_FRAME = 32;

  /** Of a section that has a place in the output, as a whole or in pieces, any of these. */
  public static final int HAS_PLACE = LIVE | MERGED | EH_FRAME;

  /** Its words are written backwards ({@code .ctors} in {@code .init_array}). */
  public static final int REVERSED = 64;

  /** Left out because a linker script throws it away ({@code /DISCARD/}). */
  public static final int THROWN_AWAY = 128;

  private static final VarHandle FLAGS = MethodHandles.arrayElementVarHandle(byte[].class);

  private final LinkedObject[] objects;
  private final int[] object;
  private final byte[] flags;

  /** The output section's number, -1 where there is none. */
  public final int[] out;

  /** Offset in the output section while it is laid out; then the address. */
  public final long[] addr;

  /**
   * Size of what is written for the section: of the decompressed content, or of the records that
   * are left.
   */
  public final long[] size;

  /** For each section what has been taken out of it, or null; null where none has lost anything. */
  private SectionEdit[] edits;

  /** Grows with each change of sizes. */
  private int edition;

  /** For each section that which stands for it, or 0 or less; null where none is folded. */
  private int[] kept;

  /**
   * @param linked the objects in the order of the link, each with its numbers set
   * @param count of sections, number 0 included
   */
  public SectionTable(List<LinkedObject> linked, int count) {
    objects = linked.toArray(LinkedObject[]::new);
    object = new int[count];
    flags = new byte[count];
    out = new int[count];
    addr = new long[count];
    size = new long[count];
    Columns.fill(out, -1);
    for (int o = 0; o < objects.length; o++) {
      int first = objects[o].firstSection();
      Columns.fill(object, first, first + objects[o].file().sectionCount(), o);
    }
  }

  public int count() {
    return object.length;
  }

  public LinkedObject object(int id) {
    return objects[object[id]];
  }

  /** The index of the section in its object. */
  public int index(int id) {
    return id - objects[object[id]].firstSection();
  }

  public boolean has(int id, int flag) {
    return (flags[id] & flag) != 0;
  }

  public boolean isLive(int id) {
    return (flags[id] & LIVE) != 0;
  }

  /** Sets bits; only where one task looks after the section. */
  public void set(int id, int flag) {
    flags[id] |= (byte) flag;
  }

  public void clear(int id, int flag) {
    flags[id] &= (byte) ~flag;
  }

  /** Sets a bit from any thread, and says whether this call was the one that set it. */
  public boolean setOnce(int id, int flag) {
    byte old = (byte) FLAGS.getVolatile(flags, id);
    while ((old & flag) == 0) {
      byte seen = (byte) FLAGS.compareAndExchange(flags, id, old, (byte) (old | flag));
      if (seen == old) {
        return true;
      }
      old = seen;
    }
    return false;
  }

  /**
   * Folds sections into others.
   *
   * @param into for each section the one that stands for it, which is live; 0 or less: none does
   */
  public void fold(int[] into) {
    kept = into;
  }

  /** The section whose place in the output is this one's: another where it is folded. */
  public int kept(int id) {
    return kept == null || kept[id] <= 0 ? id : kept[id];
  }

  /** What has been taken out of a section; null where nothing has. */
  public SectionEdit edit(int id) {
    return edits == null ? null : edits[id];
  }

  /** Whether something has been taken out of any section. */
  public boolean hasEdits() {
    return edits != null;
  }

  /**
   * Takes what is taken out of each section from now on; sizes follow.
   *
   * @param resized whether that are other bytes than before
   */
  public void setEdits(SectionEdit[] byId, boolean resized) {
    edits = byId;
    edition += resized ? 1 : 0;
    for (int id = 1; id < byId.length; id++) {
      if (byId[id] != null) {
        size[id] = byId[id].size();
      }
    }
  }

  /** Changes with the sections' sizes. */
  public int edition() {
    return edition;
  }

  /** Where in a section that stands now which stood at an offset when the section was read. */
  public long map(int id, long offset) {
    SectionEdit e = edit(id);
    return e == null ? offset : e.map(offset);
  }

  /**
   * The size of a symbol in its section: of what is left of it.
   *
   * @param sym its index in the object
   */
  public long symbolSize(LinkedObject in, int sym) {
    long n = in.file().symbolSize(sym);
    int ndx = edits == null ? 0 : in.file().shndx(sym);
    if (ndx <= 0 || edit(in.sectionId(ndx)) == null) {
      return n;
    }
    long start = in.file().symbolValue(sym);
    int id = in.sectionId(ndx);
    return map(id, start + n) - map(id, start);
  }

  /**
   * The addend to a symbol: a section's own stands for all that is in the section, and where that
   * is now has to be found out.
   *
   * @param sym its index in the object
   */
  public long addend(LinkedObject in, int sym, long addend) {
    int ndx = edits == null || sym <= 0 ? 0 : in.file().shndx(sym);
    return ndx > 0 && in.file().symbolType(sym) == Elf.STT_SECTION
        ? map(in.sectionId(ndx), addend)
        : addend;
  }

  public String name(int id) {
    return object(id).file().sectionName(index(id));
  }
}
