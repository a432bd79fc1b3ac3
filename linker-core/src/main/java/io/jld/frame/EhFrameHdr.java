package io.jld.frame;

import static io.jld.elf.Elf.*;

import io.jld.asmb.Slice;
import io.jld.elf.ElfClass;
import io.jld.elf.TableWriter;
import io.jld.input.ObjectFile;
import io.jld.input.RelocTable;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code .eh_frame_hdr} (LSB, "The .eh_frame_hdr section"): where {@code .eh_frame} is, and a table
 * of its FDEs by address, for a binary search. The addresses come from symbols and addends, not
 * from the bytes of {@code .eh_frame}, which may be written later.
 */
public final class EhFrameHdr extends Synthetic {
  private static final int HEADER = 8;
  private static final int TABLE = 12;
  private static final int ROW = 8;

  private static final String NO_TABLE =
      "code is too far from .eh_frame_hdr for its 32-bit offsets; exceptions are found without its"
          + " table";

  private EhFrame frames;
  private boolean hasTable;

  public EhFrameHdr() {
    super(".eh_frame_hdr", SHT_PROGBITS, SHF_ALLOC, 4, 0);
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    frames = EhFrame.of(ctxt);
    if (!ctxt.option(LinkOption.EH_FRAME_HDR) || !frames.isNeeded(ctxt)) {
      return false;
    }
    hasTable = canReadAddresses(ctxt);
    return true;
  }

  /** Whether all FDEs encode addresses in a way that is understood; warns where one does not. */
  private boolean canReadAddresses(Context ctxt) {
    for (int c = 0; c < frames.cieCount(); c++) {
      EhRecords r = frames.cieOwner(c);
      int i = frames.cieRecord(c);
      if (!PointerEncoding.isAddress(r.says(i).encoding())) {
        ObjectFile f = r.object().file();
        ctxt.warning(
            DiagnosticCode.FRAME_INDEX,
            f.location(r.sectionIndex(r.sectionOf(i)), r.start(i)),
            "unsupported pointer encoding in .eh_frame; no .eh_frame_hdr table will be created");
        return false;
      }
    }
    return true;
  }

  @Override
  public long size() {
    return hasTable ? TABLE + (long) (frames.fdeCount() + pltFdes()) * ROW : HEADER;
  }

  private int pltFdes() {
    return frames.plt() == null ? 0 : frames.plt().count();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    long[] rows = hasTable ? collect(ctxt) : null;
    ElfClass.put8(slice, 0, 1);
    ElfClass.put8(slice, 1, PointerEncoding.PCREL | PointerEncoding.SDATA4);
    ElfClass.put8(slice, 2, rows != null ? PointerEncoding.UDATA4 : PointerEncoding.OMIT);
    ElfClass.put8(
        slice,
        3,
        rows != null ? PointerEncoding.DATAREL | PointerEncoding.SDATA4 : PointerEncoding.OMIT);
    ElfClass.put32(slice, 4, offset(ctxt, frames.addr() - addr() - 4));
    slice.asSlice(HEADER).fill((byte) 0);
    if (rows != null) {
      write(ctxt, sorted(rows), slice);
    }
  }

  private void write(Context ctxt, long[] rows, MemorySegment slice) {
    ElfClass.put32(slice, 8, rows.length);
    long toFrames = frames.addr() - addr();
    long bias = bias(ctxt);
    ctxt.tasks()
        .forRanges(
            rows.length,
            1 << 15,
            (from, to) -> {
              TableWriter table = new TableWriter(ctxt.elf, (long) (to - from) * ROW);
              for (int i = from; i < to; i++) {
                table.word((int) ((rows[i] >> 32) + bias));
                table.word((int) (toFrames + (rows[i] & 0xffffffffL)));
              }
              table.flush(slice, TABLE + (long) from * ROW);
            });
  }

  /**
   * What is added to a row's key to make it an offset from this section. Rows are in the order of
   * addresses. Where addresses have 32 bits, offsets wrap around, and the key is the address less
   * 2^31, so that it is signed.
   */
  private long bias(Context ctxt) {
    return ctxt.elf.is64() ? 0 : (1L << 31) - addr();
  }

  /**
   * One row for each FDE: the key for its address in the upper half, its offset in {@code
   * .eh_frame} in the lower. Null where code is too far away for a row, as that of amd64's large
   * code model may be: then unwinders read all of {@code .eh_frame}.
   */
  private long[] collect(Context ctxt) {
    EhRecords[] records = frames.records();
    int[] first = new int[records.length + 1];
    ctxt.tasks()
        .forRanges(
            records.length,
            32,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                first[o + 1] = records[o] == null ? 0 : records[o].liveFdes;
              }
            });
    for (int o = 0; o < records.length; o++) {
      first[o + 1] += first[o];
    }
    long[] rows = new long[first[records.length] + pltFdes()];
    long bias = bias(ctxt);
    AtomicInteger tooFar = new AtomicInteger(Integer.MAX_VALUE);
    ctxt.tasks()
        .forRanges(
            records.length,
            8,
            RelocTable::new,
            (table, from, to) -> {
              for (int o = from; o < to; o++) {
                if (records[o] != null) {
                  collect(ctxt, o, table, rows, first[o], bias, tooFar);
                }
              }
            });
    if (tooFar.get() != Integer.MAX_VALUE) {
      ctxt.warning(
          DiagnosticCode.FRAME_INDEX, records[tooFar.get()].object().file().location(), NO_TABLE);
      return null;
    }
    for (int i = 0; i < pltFdes(); i++) {
      PltFrames plt = frames.plt();
      long key = key(ctxt, plt.pcBegin(i), bias);
      if (key != (int) key) {
        ctxt.warning(DiagnosticCode.FRAME_INDEX, Location.NONE, NO_TABLE);
        return null;
      }
      rows[first[records.length] + i] = key << 32 | (frames.pltOffset() + plt.offset(i));
    }
    return rows;
  }

  /** What rows are sorted by; more than 32 bits where the address is too far away. */
  private long key(Context ctxt, long pc, long bias) {
    return ctxt.elf.is64() ? pc - addr() : (int) (pc - addr() - bias);
  }

  private void collect(
      Context ctxt,
      int o,
      RelocTable table,
      long[] rows,
      int first,
      long bias,
      AtomicInteger tooFar) {
    EhRecords r = frames.records()[o];
    Slice content = new Slice();
    int row = first;
    for (int s = 0; s < r.sections(); s++) {
      int rel = r.object().file().relocSection(r.sectionIndex(s));
      if (rel == 0) {
        continue; // an FDE without a relocation is about no function of the output
      }
      table.open(r.object().file(), rel);
      content.open(r.content(s), 0, r.content(s).byteSize());
      for (int i = r.sectionStart(s); i < r.sectionStart(s + 1); i++) {
        if (r.out[i] < 0 || r.isCie(i)) {
          continue;
        }
        int n = r.firstReloc(i);
        table.seek(n);
        while (table.type() == 0) {
          table.seek(++n); // R_*_NONE; the FDE is live, so there is another one
        }
        long addend =
            table.hasAddends()
                ? table.addend()
                : ctxt.arch().implicitAddend(table.type(), content, table.offset());
        addend = ctxt.sections().addend(r.object(), table.symbol(), addend);
        long pc = ctxt.symbols().value(r.object().symbolId(table.symbol())) + addend;
        long key = key(ctxt, pc, bias);
        if (key != (int) key) {
          tooFar.accumulateAndGet(o, Math::min);
        }
        rows[row++] = key << 32 | frames.offset(o, i);
      }
    }
  }

  /** The offset, which must fit 32 bits with a sign unless addresses have no more bits. */
  private static long offset(Context ctxt, long value) {
    if (ctxt.elf.is64() && value != (int) value) {
      throw new LinkException(
          DiagnosticCode.TOO_FAR,
          Location.NONE,
          ".eh_frame is too far from .eh_frame_hdr for its 32-bit offsets");
    }
    return value;
  }

  /** Sorts by the upper halves, signed; rows with the same one keep their order. */
  private static long[] sorted(long[] rows) {
    long[] from = rows;
    long[] to = new long[rows.length];
    for (int shift = 32; shift < 64; shift += 11) {
      int[] start = new int[(1 << 11) + 1];
      for (long r : from) {
        start[digit(r, shift) + 1]++;
      }
      for (int d = 1; d < start.length; d++) {
        start[d] += start[d - 1];
      }
      for (long r : from) {
        to[start[digit(r, shift)]++] = r;
      }
      long[] swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  private static int digit(long row, int shift) {
    return (int) ((row ^ Long.MIN_VALUE) >>> shift) & ((1 << 11) - 1);
  }
}
