package io.jld.frame;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.model.Synthetic;
import io.jld.reloc.OtherRelocations;
import io.jld.reloc.RelocReader;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * {@code .eh_frame} (LSB, "Exception Frames"): the records of the functions that are part of the
 * output, in the order of the link. Common information entries that say the same are written once,
 * in front of the first record that needs them. The linker's own about the PLT follow. Records are
 * padded to 4 bytes, and a record of length 0 ends the table for those who walk it from its start.
 */
public final class EhFrame extends Synthetic implements OtherRelocations {
  private static final int TERMINATOR = 4;
  private static final int RECORD_ALIGN = 4;

  private final EhRecords[] records;
  private int wordSize = 8;

  /** Offset in the output of what each object contributes, and where all of that ends. */
  private long[] base = {};

  private int fdeCount;

  /** The linker's own records about the PLT; null until its size is known. */
  private PltFrames plt;

  private boolean terminated;
  private long size;

  // The CIEs of the output: the object and record that each is copied from.
  private int cieCount;
  private int[] cieObject = new int[8];
  private int[] cieRecord = new int[8];

  /**
   * @param records those of each object in the order of the link; null where an object has none
   */
  public EhFrame(EhRecords[] records) {
    super(".eh_frame", SHT_PROGBITS, SHF_ALLOC, 8, 0);
    this.records = records;
  }

  public static EhFrame of(Context ctxt) {
    return ctxt.get(EhFrame.class);
  }

  public EhRecords[] records() {
    return records;
  }

  /** How many FDEs of the inputs the output has; known when relocations have been scanned. */
  int fdeCount() {
    return fdeCount;
  }

  /**
   * Whether it has records about functions of the output. Without any, an unwinder that has got out
   * of the PLT could go no further, and no record about the PLT is made.
   */
  public boolean hasRecords() {
    return fdeCount > 0;
  }

  /** Adds the records about the PLT, whose slots have been given. */
  public void addPlt(PltFrames frames) {
    plt = frames;
    size += frames.size();
  }

  /** The records about the PLT; null where there are none. */
  PltFrames plt() {
    return plt;
  }

  /** How many relocations the records of an object have that are part of the output. */
  public int relocCount(int object) {
    EhRecords r = records[object];
    int n = 0;
    for (int s = 0; r != null && s < r.sections(); s++) {
      for (int i = r.sectionStart(s); i < r.sectionStart(s + 1); i++) {
        n += r.out[i] < 0 ? 0 : r.relocLimit(s, i) - r.firstReloc(i);
      }
    }
    return n;
  }

  /** Offset of the records about the PLT. */
  public long pltOffset() {
    return size - TERMINATOR - (plt == null ? 0 : plt.size());
  }

  /** How many CIEs the output has. */
  int cieCount() {
    return cieCount;
  }

  /** The object that a CIE is copied from. */
  EhRecords cieOwner(int cie) {
    return records[cieObject[cie]];
  }

  /** The record that a CIE is copied from. */
  int cieRecord(int cie) {
    return cieRecord[cie];
  }

  /** Offset in the output of a record that is part of it. */
  public long offset(int object, int record) {
    return base[object] + records[object].out[record];
  }

  private static boolean isLive(Context ctxt, EhRecords r, int record) {
    return r.target(record) != 0 && ctxt.sections().isLive(r.target(record));
  }

  /**
   * Calls {@code symbolIds} with the symbols that the records of a section's functions refer to
   * beside the functions themselves: tables of exception handlers, personality routines. From any
   * thread.
   */
  public void forEachReference(Context ctxt, int sectionId, IntConsumer symbolIds) {
    LinkedObject object = ctxt.sections().object(sectionId);
    EhRecords r = object.order() < records.length ? records[object.order()] : null;
    if (r == null) {
      return;
    }
    for (int n = r.firstOfTarget(sectionId - object.firstSection());
        n != 0;
        n = r.nextOfTarget(n - 1)) {
      int s = r.sectionOf(n - 1);
      references(
          r,
          s,
          n - 1,
          r.start(n - 1) + 1 + EhRecords.lengthBytes(r.content(s), r.start(n - 1)) + 4,
          symbolIds);
      references(r, s, r.cie(n - 1), 0, symbolIds);
    }
  }

  /** The symbols of a record's relocations from {@code from} on, an offset in the section. */
  private static void references(EhRecords r, int s, int record, long from, IntConsumer symbolIds) {
    ElfClass elf = r.object().file().elf();
    MemorySegment table = r.relocs(s);
    int entry = r.relocSize(s);
    for (int i = r.firstReloc(record); i < r.relocLimit(s, record); i++) {
      int sym = elf.rSym(table, (long) i * entry);
      if (sym != 0 && elf.rOffset(table, (long) i * entry) >= from) {
        symbolIds.accept(r.object().symbolId(sym));
      }
    }
  }

  /**
   * Decides which records the output has and where they stand in it, then lets the architecture
   * look at their relocations. It is known which sections are part of the output.
   */
  @Override
  public void scan(Context ctxt) {
    layOut(ctxt);
    ctxt.tasks()
        .forRanges(
            records.length,
            8,
            () -> new RelocReader(ctxt),
            (reader, from, to) -> {
              for (int o = from; o < to; o++) {
                if (records[o] != null) {
                  scan(ctxt, o, reader);
                }
              }
            });
  }

  private void scan(Context ctxt, int o, RelocReader reader) {
    DynamicRelocs dynamic =
        ctxt.dynamicRelocs()[o] == null ? new DynamicRelocs() : ctxt.dynamicRelocs()[o];
    EhRecords r = records[o];
    for (int s = 0; s < r.sections(); s++) {
      if (reader.open(r.object(), r.sectionIndex(s), r.content(s), 0, dynamic)) {
        int next;
        for (int i = r.sectionStart(s); i < r.sectionStart(s + 1); i = next) {
          int end = r.runEnd(s, i);
          next = Math.max(end, i + 1);
          if (i < end && narrow(reader, r, s, i, end, offset(o, i))) {
            ctxt.arch().scan(ctxt, reader);
          }
        }
      }
    }
    if (dynamic.count() > 0) {
      ctxt.dynamicRelocs()[o] = dynamic;
    }
  }

  /**
   * Lets the reader read the relocations of records that stand one after the other in the output
   * ({@link EhRecords#runEnd}); false where they have none.
   *
   * @param end the record after the last
   */
  public static boolean narrow(
      RelocReader reader, EhRecords r, int s, int first, int end, long addr) {
    int from = r.firstReloc(first);
    int limit = r.relocLimit(s, end - 1);
    if (from == limit) {
      return false;
    }
    int length = r.start(end - 1) + r.length(end - 1) - r.start(first);
    reader.narrow(from, limit, r.start(first), length, DynamicRelocs.IN_EH_FRAME, addr);
    return true;
  }

  // Layout

  private void layOut(Context ctxt) {
    wordSize = ctxt.elf.wordSize;
    ctxt.tasks()
        .forRanges(
            records.length,
            8,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                if (records[o] != null) {
                  select(ctxt, records[o]);
                }
              }
            });
    shareCies();
    base = new long[records.length + 1];
    ctxt.tasks()
        .forRanges(
            records.length,
            32,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                if (records[o] != null) {
                  base[o + 1] = place(records[o]);
                }
              }
            });
    for (int o = 0; o < records.length; o++) {
      base[o + 1] += base[o];
      if (records[o] != null) {
        fdeCount += records[o].liveFdes;
        terminated |= records[o].isTerminated();
      }
    }
    long end = base[records.length];
    size = fdeCount > 0 || terminated ? end + TERMINATOR : 0;
    if (size > Integer.MAX_VALUE) {
      throw new LinkException(
          DiagnosticCode.TOO_LARGE,
          Location.NONE,
          "section .eh_frame is too large: " + size + " bytes");
    }
  }

  /** Marks the FDEs that stay, and the CIEs that they need, with 0. */
  private static void select(Context ctxt, EhRecords r) {
    r.out = new int[r.count()];
    r.shared = new int[r.count()];
    Arrays.fill(r.out, EhRecords.DROPPED);
    for (int i = 0, n = r.count(); i < n; i++) {
      if (!r.isCie(i) && isLive(ctxt, r, i)) {
        r.out[r.cie(i)] = 0;
        r.out[i] = 0;
        r.liveFdes++;
      }
    }
  }

  /** Finds the CIEs that say the same; the first in the order of the link stands for all. */
  private void shareCies() {
    Map<Cie, Integer> numbers = new HashMap<>();
    for (int o = 0; o < records.length; o++) {
      EhRecords r = records[o];
      for (int i = 0; r != null && i < r.count(); i++) {
        if (r.isCie(i) && r.out[i] == 0) {
          Integer same = numbers.putIfAbsent(r.says(i), cieCount);
          if (same == null) {
            r.shared[i] = addCie(o, i);
          } else {
            r.shared[i] = same;
            r.out[i] = EhRecords.DROPPED;
          }
        }
      }
    }
  }

  private int addCie(int object, int record) {
    if (cieCount == cieObject.length) {
      cieObject = Arrays.copyOf(cieObject, cieCount * 2);
      cieRecord = Arrays.copyOf(cieRecord, cieCount * 2);
    }
    cieObject[cieCount] = object;
    cieRecord[cieCount] = record;
    return cieCount++;
  }

  /**
   * Gives the object's records their offsets in its contribution; returns the size of that in
   * bytes.
   */
  private static long place(EhRecords r) {
    long at = 0;
    for (int i = 0, n = r.count(); i < n; i++) {
      if (r.out[i] >= 0) {
        r.out[i] = (int) at;
        at += padded(r.length(i));
      }
    }
    return at;
  }

  private static int padded(int length) {
    return (length + RECORD_ALIGN - 1) & -RECORD_ALIGN;
  }

  /**
   * Where what stood at an offset of an input section is in this section; where that is not part of
   * the output, the place of what follows it.
   */
  public long map(LinkedObject object, int section, long offset) {
    EhRecords r = object.order() < records.length ? records[object.order()] : null;
    if (r == null || base.length == 0) {
      return 0;
    }
    for (int s = 0; s < r.sections(); s++) {
      if (r.sectionIndex(s) == section) {
        return map(r, object.order(), s, offset);
      }
    }
    return 0;
  }

  private long map(EhRecords r, int object, int s, long offset) {
    for (int i = r.sectionStart(s); i < r.sectionStart(s + 1); i++) {
      if (offset < r.start(i) + r.length(i) && r.out[i] >= 0) {
        return offset(object, i) + Math.max(0, offset - r.start(i));
      }
    }
    for (int i = r.sectionStart(s + 1); i < r.count(); i++) {
      if (r.out[i] >= 0) {
        return offset(object, i);
      }
    }
    return base[object + 1];
  }

  // Output

  @Override
  public long align() {
    return wordSize;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return size > 0;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    ctxt.tasks()
        .forRanges(
            records.length,
            8,
            () -> new Writer(ctxt),
            (writer, from, to) -> {
              for (int o = from; o < to; o++) {
                if (records[o] != null) {
                  writer.write(o, slice);
                }
              }
            });
    if (plt != null) {
      plt.write(ctxt, slice.asSlice(pltOffset(), plt.size()), addr() + pltOffset());
    }
    ElfClass.put32(slice, size - TERMINATOR, 0);
  }

  /** Writes what objects contribute, one after the other; each task has its own. */
  private final class Writer {
    private final Context ctxt;
    private final RelocReader reader;
    private final FrameBytes bytes = new FrameBytes();

    Writer(Context ctxt) {
      this.ctxt = ctxt;
      this.reader = new RelocReader(ctxt);
    }

    void write(int o, MemorySegment slice) {
      copy(o);
      relocate(o);
      bytes.flush(slice, base[o]);
    }

    /** Copies the records of an object. */
    private void copy(int o) {
      EhRecords r = records[o];
      bytes.begin((int) (base[o + 1] - base[o]));
      for (int s = 0; s < r.sections(); s++) {
        bytes.load(r.content(s));
        for (int i = r.sectionStart(s), end = r.sectionStart(s + 1); i < end; i++) {
          if (r.out[i] >= 0) {
            copy(r, o, i);
          }
        }
      }
    }

    /**
     * Copies a record, pads it with {@code DW_CFA_nop}, which is 0, and writes its length and CIE
     * pointer anew.
     */
    private void copy(EhRecords r, int o, int i) {
      int at = r.out[i];
      int full = padded(r.length(i));
      int head = bytes.copy(r.start(i), at, r.length(i), full);
      if (!r.isCie(i)) {
        int c = r.shared[r.cie(i)];
        bytes.put32(at + head, (int) (base[o] + at + head - offset(cieObject[c], cieRecord[c])));
      }
    }

    private void relocate(int o) {
      EhRecords r = records[o];
      for (int s = 0; s < r.sections(); s++) {
        if (reader.open(r.object(), r.sectionIndex(s), r.content(s), 0, null)) {
          int next;
          for (int i = r.sectionStart(s); i < r.sectionStart(s + 1); i = next) {
            int end = r.runEnd(s, i);
            next = Math.max(end, i + 1);
            if (i < end && narrow(reader, r, s, i, end, addr() + offset(o, i))) {
              int at = r.out[i];
              ctxt.arch().apply(ctxt, reader, bytes.edit(at, (int) reader.sectionSize()));
            }
          }
        }
      }
    }
  }
}
