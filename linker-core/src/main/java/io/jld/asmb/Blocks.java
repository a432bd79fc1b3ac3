package io.jld.asmb;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the symbols of an address range: each is copied from its input and finished (relocated) in
 * the output at once; gaps between them, before the first and after the last are filled. Every byte
 * of the range is written exactly once.
 *
 * <p>A range is cut into blocks that are written at the same time. A cut is made only where a
 * symbol ends that is no sub-symbol, so that no container is torn apart, and leaves at least {@link
 * #BLOCK_SIZE} on both sides; so the blocks are disjoint, in order, cover the range, and do not
 * depend on the number of threads.
 *
 * @since 0.1
 */
public final class Blocks {
  /** The least size of a block in bytes, unless the whole range is smaller. */
  public static final long BLOCK_SIZE = 1L << 20;

  /**
   * From this size on a block is begun before its smaller neighbours, so that nobody waits for it
   * at the end.
   */
  private static final long LARGE = 4 * BLOCK_SIZE;

  private static final byte[] ZEROS = {0};

  private Blocks() {}

  /** Writes code symbols ({@link Link#textp}); gaps are zeros. */
  public static void codeblk(Link ctxt, OutBuf out, long addr, long size) {
    codeblkPad(ctxt, out, addr, size, ZEROS);
  }

  /**
   * Writes code symbols ({@link Link#textp}).
   *
   * @param out its offset is where {@code addr} goes; it ends up after the range
   * @param pad fills gaps, repeated from each gap's start
   */
  public static void codeblkPad(Link ctxt, OutBuf out, long addr, long size, byte[] pad) {
    writeBlocks(ctxt, out, "codeblk", ctxt.textp(), addr, size, pad);
  }

  /**
   * What fills the gaps between code: something that traps, unless the section is run through from
   * its start to its end.
   */
  public static byte[] codePad(Link ctxt, Section section) {
    return section.isRunThrough() ? ctxt.arch().info().nopPad() : ctxt.arch().info().codePad();
  }

  /** Writes data symbols ({@link Link#datap}); gaps are zeros. */
  public static void datblk(Link ctxt, OutBuf out, long addr, long size) {
    writeBlocks(ctxt, out, "datblk", ctxt.datap(), addr, size, ZEROS);
  }

  /**
   * The bytes that {@link #datblk} writes, in an array and not in the output. The symbols are
   * finished for it once more.
   *
   * @param size in bytes; below 2 GiB
   */
  public static byte[] datblkBytes(Link ctxt, long addr, long size) {
    OutBuf out = OutBuf.ofSize(ByteOrder.LITTLE_ENDIAN, Arena.ofAuto(), Math.toIntExact(size));
    writeBlocks(ctxt, out, ctxt.datap(), addr, size, ZEROS);
    return out.bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  /** Writes symbols that are not loaded ({@link Link#dwarfp}); gaps are zeros. */
  public static void dwarfblk(Link ctxt, OutBuf out, long addr, long size) {
    writeBlocks(ctxt, out, "dwarfblk", ctxt.dwarfp(), addr, size, ZEROS);
  }

  private static void writeBlocks(
      Link ctxt, OutBuf out, String kind, SymList syms, long addr, long size, byte[] pad) {
    long offset = out.offset();
    long[] cuts = writeBlocks(ctxt, out, syms, addr, size, pad);
    if (!ctxt.printBlocks()) {
      return;
    }
    List<BlockLog> log = out.log() != null ? out.log() : new ArrayList<>();
    for (int i = 0; i + 1 < cuts.length; i++) {
      log.add(new BlockLog(kind, addr + cuts[i], cuts[i + 1] - cuts[i], offset + cuts[i]));
    }
    if (out.log() == null) {
      log.forEach(block -> block.print(ctxt, out));
    }
  }

  /**
   * Cuts a range into blocks and writes them, at the same time where views of {@code out} can be
   * had.
   *
   * @param out its offset is where {@code addr} goes; it ends up after the range
   * @param syms symbols outside of the range are passed over, and so are those of size 0
   * @param pad fills gaps, repeated from each gap's start; empty: zeros
   * @return where the blocks begin, as offsets from {@code addr}, and {@code size} as the last
   * @throws IllegalStateException if symbols overlap or don't lie inside the range as a whole
   */
  public static long[] writeBlocks(
      Link ctxt, OutBuf out, SymList syms, long addr, long size, byte[] pad) {
    if (size < 0) {
      throw new IllegalArgumentException("size: " + size);
    }
    if (size == 0) {
      return new long[] {0};
    }
    int first = firstFrom(syms, 0, 0, addr);
    checkBefore(syms, first, addr);
    long[] cuts = cut(syms, first, addr, size);
    int n = cuts.length - 1;
    if (!out.canView()) {
      for (int i = 0; i < n; i++) {
        writeBlock(ctxt, out, syms, addr + cuts[i], cuts[i + 1] - cuts[i], pad);
      }
      return cuts;
    }
    long offset = out.offset();
    if (n == 1) {
      ctxt.writers().write(1, block -> writeBlock(ctxt, out, syms, addr, size, pad));
    } else {
      int[] order = largeFirst(cuts);
      ctxt.writers()
          .write(
              n,
              k -> {
                long from = cuts[order[k]];
                OutBuf view = out.view(offset + from);
                writeBlock(ctxt, view, syms, addr + from, cuts[order[k] + 1] - from, pad);
                view.flush();
              });
    }
    out.seekSet(offset + size);
    return cuts;
  }

  /** Writes one block on the calling thread: as {@link #writeBlocks}, but never cut. */
  public static void writeBlock(
      Link ctxt, OutBuf out, SymList all, long addr, long size, byte[] pad) {
    SymList syms = all.forTask();
    long at = 0; // all below is relative to addr, so that a range may reach up to the last address
    int n = syms.count();
    for (int i = firstFrom(syms, 0, 0, addr); i < n; i++) {
      long start = syms.value(i) - addr;
      if (Long.compareUnsigned(start, size) >= 0) {
        break;
      }
      long length = syms.size(i);
      if (length == 0 || syms.isSubSymbol(i)) {
        continue;
      }
      if (start < at || length < 0 || length > size - start) {
        throw misplaced(syms, i, start < at, addr + at, addr + size);
      }
      write(ctxt, out, syms, i, start - at, length, pad);
      at = start + length;
    }
    out.writePad(size - at, pad);
  }

  /**
   * A method of its own, and not the body of a loop: blocks are few and large, and the JVM compiles
   * a method that is called often sooner than a loop that runs once (docs/performance.md).
   */
  private static void write(
      Link ctxt, OutBuf out, SymList syms, int i, long gap, long length, byte[] pad) {
    if (gap > 0) {
      out.writePad(gap, pad);
    }
    syms.finish(ctxt, i, out.writeSym(syms.content(i), length));
  }

  /**
   * @param overlaps whether it begins before {@code at}, where another ends; else it reaches beyond
   *     {@code end}
   */
  private static IllegalStateException misplaced(
      SymList syms, int i, boolean overlaps, long at, long end) {
    return new IllegalStateException(
        describe(syms, i)
            + (overlaps
                ? " overlaps what ends at 0x" + Long.toHexString(at)
                : " reaches beyond its range's end 0x" + Long.toHexString(end)));
  }

  private static String describe(SymList syms, int i) {
    long value = syms.value(i);
    return "symbol "
        + i
        + " [0x"
        + Long.toHexString(value)
        + ",0x"
        + Long.toHexString(value + syms.size(i))
        + ")";
  }

  /**
   * The first symbol from {@code from} on whose distance from {@code base} is not below {@code
   * distance}; or count().
   */
  private static int firstFrom(SymList syms, int from, long base, long distance) {
    int lo = from;
    int hi = syms.count();
    while (lo < hi) {
      int mid = (lo + hi) >>> 1;
      if (Long.compareUnsigned(syms.value(mid) - base, distance) < 0) {
        lo = mid + 1;
      } else {
        hi = mid;
      }
    }
    return lo;
  }

  /**
   * The nearest symbol before {@code i} that has bytes and is no sub-symbol, not below {@code
   * from}; otherwise -1.
   */
  private static int before(SymList syms, int i, int from) {
    int p = i - 1;
    while (p >= from && (syms.size(p) == 0 || syms.isSubSymbol(p))) {
      p--;
    }
    return p >= from ? p : -1;
  }

  private static void checkBefore(SymList syms, int first, long addr) {
    int p = before(syms, first, 0);
    if (p >= 0 && Long.compareUnsigned(syms.size(p), addr - syms.value(p)) > 0) {
      throw new IllegalStateException(
          describe(syms, p) + " reaches into the range from 0x" + Long.toHexString(addr));
    }
  }

  /**
   * Where blocks begin, relative to {@code addr}, and the range's end: each block ends with the
   * first symbol that makes it large enough. Looks at a few symbols for each block only.
   *
   * @param first the range's first symbol
   */
  private static long[] cut(SymList syms, int first, long addr, long size) {
    long[] cuts = new long[16];
    int n = 1;
    int from = first;
    for (long start = 0; size - start >= 2 * BLOCK_SIZE; ) {
      int behind = firstFrom(syms, from, addr, start + BLOCK_SIZE);
      int last = before(syms, behind, from);
      if (last < 0 || end(syms, last, addr) < start + BLOCK_SIZE) {
        last = behind;
        while (last < syms.count() && (syms.size(last) == 0 || syms.isSubSymbol(last))) {
          last++;
        }
      }
      if (last >= syms.count() || Long.compareUnsigned(syms.value(last) - addr, size) >= 0) {
        break;
      }
      long end = end(syms, last, addr);
      if (end < start + BLOCK_SIZE || size - end < BLOCK_SIZE) {
        break; // the rest is one block; what makes no sense is reported when it is written
      }
      if (n == cuts.length) {
        cuts = Arrays.copyOf(cuts, 2 * n);
      }
      cuts[n++] = end;
      start = end;
      from = last + 1;
    }
    long[] all = Arrays.copyOf(cuts, n + 1);
    all[n] = size;
    return all;
  }

  private static long end(SymList syms, int i, long addr) {
    return syms.value(i) - addr + syms.size(i);
  }

  /** The blocks' numbers in the order in which to begin them. */
  private static int[] largeFirst(long[] cuts) {
    int n = cuts.length - 1;
    List<Integer> large = new ArrayList<>();
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      if (cuts[i + 1] - cuts[i] >= LARGE) {
        large.add(i);
      }
    }
    large.sort((a, b) -> Long.compare(cuts[b + 1] - cuts[b], cuts[a + 1] - cuts[a]));
    int k = 0;
    for (int i : large) {
      order[k++] = i;
    }
    for (int i = 0; i < n; i++) {
      if (cuts[i + 1] - cuts[i] < LARGE) {
        order[k++] = i;
      }
    }
    return order;
  }
}
