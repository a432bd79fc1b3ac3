package io.jld.frame;

import io.jld.elf.ElfClass;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What is cut out of an input's {@code .eh_frame} for a relocatable output (LSB, "Exception
 * Frames"): the descriptions (FDE) of functions that are not part of it, and the empty record that
 * ends the table where other tables follow.
 */
public final class FrameEdit {
  /** Bytes that the escape to 64 bits takes in front of a length. */
  private static final int ESCAPE = 12;

  private final MemorySegment bytes;

  /** Records that stay: where they begin, and where they began. Removed ones are not among them. */
  private int[] start = new int[16];

  private int[] newStart = new int[16];
  private int[] length = new int[16];
  private int records;
  private int size;

  private FrameEdit(MemorySegment bytes) {
    this.bytes = bytes;
  }

  /**
   * @param bytes the section's content
   * @param gone offsets, in order, of fields that refer to what is not part of the output
   * @param last whether no other table follows in the output
   * @return null where nothing is to be cut out, or the section is too damaged to tell
   */
  public static FrameEdit of(MemorySegment bytes, long[] gone, boolean last) {
    if (bytes.byteSize() > Integer.MAX_VALUE - 16) {
      return null;
    }
    FrameEdit e = new FrameEdit(bytes);
    int end = (int) bytes.byteSize();
    int at = 0;
    while (at + 4 <= end) {
      long n = ElfClass.u32(bytes, at);
      int head = 4;
      if (n == 0) {
        if (!last && at + 4 == end) {
          return e; // without the end mark
        }
        break; // what follows is not read by anybody
      }
      if (n == 0xffffffffL) {
        if (end - at < ESCAPE) {
          return null;
        }
        n = ElfClass.u64(bytes, at + 4);
        head = ESCAPE;
      }
      if (n < 4 || n > end - at - head) {
        return null;
      }
      int whole = head + (int) n;
      boolean fde = ElfClass.u32(bytes, at + head) != 0;
      if (!fde || Arrays.binarySearch(gone, at + head + 4L) < 0) {
        e.keep(at, whole);
      }
      at += whole;
    }
    if (e.size == at) {
      return null;
    }
    e.keep(at, end - at);
    return e;
  }

  private void keep(int at, int whole) {
    if (whole == 0) {
      return;
    }
    if (records == start.length) {
      start = Arrays.copyOf(start, records * 2);
      newStart = Arrays.copyOf(newStart, records * 2);
      length = Arrays.copyOf(length, records * 2);
    }
    start[records] = at;
    newStart[records] = size;
    length[records++] = whole;
    size += whole;
  }

  /** What is left, in bytes. */
  public int size() {
    return size;
  }

  /** The new offset of a byte of the section; -1 where it was cut out. */
  public long map(long offset) {
    int r = Arrays.binarySearch(start, 0, records, (int) offset);
    r = r < 0 ? -r - 2 : r;
    return r >= 0 && offset < start[r] + length[r] ? newStart[r] + offset - start[r] : -1;
  }

  /**
   * Writes what is left; each description's distance to its common information (CIE) is set anew.
   */
  public void write(MemorySegment slice) {
    for (int r = 0; r < records; r++) {
      MemorySegment.copy(bytes, start[r], slice, newStart[r], length[r]);
      if (length[r] < 8) {
        continue;
      }
      int head = ElfClass.u32(bytes, start[r]) == 0xffffffffL ? ESCAPE : 4;
      long back = ElfClass.u32(bytes, start[r] + head);
      if (head + 4 <= length[r] && back != 0) {
        long cie = map(start[r] + head - back);
        if (cie >= 0) {
          ElfClass.put32(slice, newStart[r] + head, newStart[r] + head - cie);
        }
      }
    }
  }
}
