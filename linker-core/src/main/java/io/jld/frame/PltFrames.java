package io.jld.frame;

import io.jld.arch.PltUnwind;
import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of {@code .eh_frame} about the PLT ({@code --ld-generated-unwind-info}): one CIE, and
 * an FDE for each run of entries that are alike (LSB, "Exception Frames"). They stand after the
 * records of the inputs.
 */
public final class PltFrames {
  private static final int ALIGN = 4;

  /** Version 1, "zR", code alignment 1, data alignment, return column, 1 byte of data: encoding. */
  private static final int CIE_HEAD = 8 + 1 + 3 + 1 + 1 + 1 + 1 + 1;

  /** pc_begin and pc_range of 4 bytes, no augmentation data. */
  private static final int FDE_HEAD = 8 + 4 + 4 + 1;

  private record Range(Synthetic section, long from, long size, byte[] instructions) {}

  private static final byte[] NONE = {};

  private final PltUnwind unwind;
  private final List<Range> ranges = new ArrayList<>();

  public PltFrames(Context ctxt) {
    unwind = ctxt.option(LinkOption.PLT_UNWIND_INFO) ? ctxt.arch().pltUnwind(ctxt) : null;
  }

  /**
   * Adds a run of entries, whose number is known.
   *
   * @param from offset in the section in bytes
   * @param isLazy whether they are bound lazily, by code that pushes something
   */
  public void add(Synthetic section, long from, long size, boolean isLazy) {
    if (unwind != null && size > 0) {
      ranges.add(new Range(section, from, size, isLazy ? unwind.lazy() : NONE));
    }
  }

  /** How many FDEs there are. */
  int count() {
    return ranges.size();
  }

  /** Address of the code that FDE {@code i} describes. */
  long pcBegin(int i) {
    Range r = ranges.get(i);
    return r.section().addr() + r.from();
  }

  /** Size of all records in bytes. */
  int size() {
    return offset(count());
  }

  /** Offset of FDE {@code i} in these records. */
  int offset(int i) {
    int at = count() == 0 ? 0 : padded(CIE_HEAD + unwind.initial().length);
    for (int k = 0; k < i; k++) {
      at += fdeSize(k);
    }
    return at;
  }

  private int fdeSize(int i) {
    return padded(FDE_HEAD + ranges.get(i).instructions().length);
  }

  private static int padded(int size) {
    return (size + ALIGN - 1) & -ALIGN;
  }

  /**
   * Writes the records.
   *
   * @param slice {@link #size} bytes
   * @param addr their address
   */
  void write(Context ctxt, MemorySegment slice, long addr) {
    if (count() == 0) {
      return;
    }
    slice.fill((byte) 0); // padding is DW_CFA_nop, which is 0
    int size = offset(0);
    ElfClass.put32(slice, 0, size - 4);
    ElfClass.put8(slice, 8, 1);
    ElfClass.put8(slice, 9, 'z');
    ElfClass.put8(slice, 10, 'R');
    ElfClass.put8(slice, 12, 1);
    ElfClass.put8(slice, 13, unwind.dataAlign() & 0x7f);
    ElfClass.put8(slice, 14, unwind.returnColumn());
    ElfClass.put8(slice, 15, 1);
    ElfClass.put8(slice, 16, PointerEncoding.PCREL | PointerEncoding.SDATA4);
    put(slice, CIE_HEAD, unwind.initial());
    for (int i = 0; i < count(); i++) {
      Range r = ranges.get(i);
      int at = offset(i);
      ElfClass.put32(slice, at, fdeSize(i) - 4);
      ElfClass.put32(slice, at + 4, at + 4);
      ElfClass.put32(slice, at + 8, distance(ctxt, addr + at + 8, pcBegin(i)));
      ElfClass.put32(slice, at + 12, r.size());
      put(slice, at + FDE_HEAD, r.instructions());
    }
  }

  private static void put(MemorySegment slice, int at, byte[] bytes) {
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, slice, at, bytes.length);
  }

  private static long distance(Context ctxt, long from, long to) {
    long d = to - from;
    if (ctxt.elf.is64() && d != (int) d) {
      ctxt.error(
          DiagnosticCode.TOO_FAR,
          Location.NONE,
          "the PLT is too far from .eh_frame for its 32-bit offsets; link with"
              + " --no-ld-generated-unwind-info");
    }
    return d;
  }
}
