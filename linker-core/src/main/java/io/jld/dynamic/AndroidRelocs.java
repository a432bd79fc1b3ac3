package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.arch.Need;
import io.jld.elf.Rows;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What {@link RelDyn} holds, in the packed form of Android's loader ({@code SHT_ANDROID_REL(A)},
 * bionic's {@code linker_reloc_iterators.h}): {@code APS2}, the number of relocations, and groups
 * of them that share their type and symbol, or the distance from one to the next. All numbers are
 * SLEB128, places and addends are differences from those of the relocation before.
 *
 * <p>Its size depends on addresses, as that of {@link RelrDyn}: the layout is repeated until both
 * agree, and it never shrinks. What is left of it is 0, which relocates nothing. Values that are
 * known only once the layout is done have room for every number.
 */
public final class AndroidRelocs extends Synthetic {
  private static final int BY_INFO = 1;
  private static final int BY_DISTANCE = 2;
  private static final int HAS_ADDEND = 8;

  /** So many words side by side are worth a group of their own, with its five numbers. */
  private static final int RUN = 8;

  /** So many relocations with one symbol are worth a group of their own. */
  private static final int SAME = 3;

  /** Bytes of the longest number. */
  private static final int LONGEST = 10;

  private final ArchInfo info;
  private final RelDyn relocs;
  private long size;

  private byte[] bytes = {};
  private int length;
  private long place;
  private long addend;

  AndroidRelocs(ArchInfo info, RelDyn relocs) {
    super(
        info.relPrefix() + ".dyn",
        info.rela() ? SHT_ANDROID_RELA : SHT_ANDROID_REL,
        SHF_ALLOC,
        info.wordSize(),
        1);
    this.info = info;
    this.relocs = relocs;
  }

  /** A program without a loader relocates itself, and knows nothing of packed relocations. */
  static boolean isAskedFor(Context ctxt) {
    return ctxt.option(LinkOption.PACK_ANDROID) && ctxt.isDynamic();
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return isAskedFor(ctxt) && !relocs.isEmpty();
  }

  @Override
  public Synthetic link(Context ctxt) {
    return LoaderTables.of(ctxt).dynSym();
  }

  @Override
  public long size() {
    return size;
  }

  /** Packs for the addresses as they are; returns whether there was room. */
  public boolean fits(Context ctxt) {
    if (out() == null) {
      return true;
    }
    Estimate known = new Estimate(ctxt);
    pack(relocs.sorted(ctxt, known::value, known::offset));
    // An unknown value makes two differences, to it and from it.
    long needed = length + 2L * LONGEST * known.unknown;
    boolean fits = needed <= size;
    size = Math.max(size, needed);
    return fits;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    pack(relocs.sorted(ctxt, ctxt.symbols()::value, at -> at - ctxt.tlsBegin()));
    MemorySegment.copy(bytes, 0, slice, ValueLayout.JAVA_BYTE, 0, length);
    slice.asSlice(length).fill((byte) 0);
  }

  /** Values while the layout is not done; several tasks ask. */
  private static final class Estimate {
    private final Context ctxt;
    private int unknown;

    Estimate(Context ctxt) {
      this.ctxt = ctxt;
    }

    long value(int id) {
      if (ctxt.symbols().has(id, Need.CANONICAL_PLT)) {
        return ctxt.symbols().callTarget(id);
      }
      return ctxt.symbols().file(id) instanceof LinkedObject ? ctxt.values().defined(id) : miss();
    }

    /** The segment of thread-local data has no address yet. */
    long offset(long ignored) {
      return miss();
    }

    private synchronized long miss() {
      unknown++;
      return 0;
    }
  }

  private void pack(RelDyn.Sorted all) {
    length = 0;
    place = 0;
    addend = 0;
    for (char c : "APS2".toCharArray()) {
      put((byte) c);
    }
    number(all.relative().count() + all.rest().length);
    number(0);
    relative(all.relative());
    long[][] rest = all.rest();
    // IRELATIVE stays last: a resolver may need what the others have relocated.
    Arrays.sort(rest, (a, b) -> Arrays.compare(key(a), key(b)));
    others(rest);
  }

  private static long[] key(long[] r) {
    return new long[] {r[0], r[1], r[3], r[2]};
  }

  /** Words side by side first by themselves, then all that stand alone. */
  private void relative(Rows rows) {
    long type = info(0, info.relocations().relative());
    int alone = 0;
    for (int i = 0, end; i < rows.count(); i = end) {
      end = run(rows, i);
      alone += end - i < RUN ? end - i : 0;
    }
    if (alone > 0) {
      group(alone, BY_INFO | addends());
      number(type);
      for (int i = 0, end; i < rows.count(); i = end) {
        end = run(rows, i);
        for (int r = i; r < end && end - i < RUN; r++) {
          place(rows.key[r]);
          addend(rows.value[r]);
        }
      }
    }
    int flags = BY_INFO | BY_DISTANCE | addends();
    for (int i = 0, end; i < rows.count(); i = end) {
      end = run(rows, i);
      if (end - i >= RUN) {
        group(1, flags);
        place(rows.key[i]);
        number(type);
        addend(rows.value[i]);
        group(end - i - 1, flags);
        number(info.wordSize());
        number(type);
        for (int r = i + 1; r < end; r++) {
          addend(rows.value[r]);
        }
        place = rows.key[end - 1];
      }
    }
  }

  /** The first relocation behind the words side by side that begin with one. */
  private int run(Rows rows, int from) {
    int end = from + 1;
    while (end < rows.count() && rows.key[end] - rows.key[end - 1] == info.wordSize()) {
      end++;
    }
    return end;
  }

  private void others(long[][] rest) {
    for (int i = 0, end; i < rest.length; i = end) {
      end = same(rest, i);
      if (end - i >= SAME) {
        group(end - i, BY_INFO | addends());
        number(info(rest[i]));
        for (int r = i; r < end; r++) {
          place(rest[r][2]);
          addend(rest[r][4]);
        }
        continue;
      }
      while (end < rest.length && same(rest, end) - end < SAME) {
        end = same(rest, end);
      }
      group(end - i, addends());
      for (int r = i; r < end; r++) {
        place(rest[r][2]);
        number(info(rest[r]));
        addend(rest[r][4]);
      }
    }
  }

  private int same(long[][] rest, int from) {
    int end = from + 1;
    while (end < rest.length && info(rest[end]) == info(rest[from])) {
      end++;
    }
    return end;
  }

  private long info(long[] row) {
    return info(row[1], row[3]);
  }

  /** {@code r_info} (gABI, "Relocation Entry"). */
  private long info(long symbol, long type) {
    return info.wordSize() == 8 ? symbol << 32 | type : symbol << 8 | type;
  }

  private int addends() {
    return info.rela() ? HAS_ADDEND : 0;
  }

  private void group(int count, int flags) {
    number(count);
    number(flags);
  }

  private void place(long to) {
    number(to - place);
    place = to;
  }

  private void addend(long to) {
    if (info.rela()) {
      number(to - addend);
      addend = to;
    }
  }

  private void number(long value) {
    long rest = value;
    while (rest < -64 || rest > 63) {
      put((byte) (rest & 0x7f | 0x80));
      rest >>= 7;
    }
    put((byte) (rest & 0x7f));
  }

  private void put(byte b) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(1024, 2 * length));
    }
    bytes[length++] = b;
  }
}
