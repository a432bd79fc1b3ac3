package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.elf.TableWriter;
import io.jld.input.Names;
import io.jld.link.LinkOption;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/**
 * {@code .gnu.hash}: a Bloom filter of the exported names, then buckets, then the hashes of each
 * bucket's chain, whose last has its lowest bit set.
 */
public final class GnuHash extends Synthetic {
  private static final int SHIFT = 26;

  private final int wordSize;
  private int exported;
  private int bloomWords;

  public GnuHash(int wordSize) {
    super(
        ".gnu.hash",
        SHT_GNU_HASH,
        SHF_ALLOC,
        wordSize,
        wordSize == 4 ? 4 : 0); // words of two sizes in ELFCLASS64
    this.wordSize = wordSize;
  }

  static int hash(String name) {
    return Names.gnuHash(NameBytes.bytes(name));
  }

  static int buckets(int symbols) {
    return Math.max(1, symbols / 4);
  }

  public void prepare(Context ctxt) {
    DynSym dynSym = LoaderTables.of(ctxt).dynSym();
    exported = dynSym.count() - dynSym.firstExported();
    bloomWords =
        Math.max(1, Integer.highestOneBit(Math.max(1, exported * 12 / (wordSize * 8))) * 2);
    if (exported == 0) {
      bloomWords = 1;
    }
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.isDynamic() && ctxt.option(LinkOption.HASH_STYLE) != LinkOption.HashStyle.SYSV;
  }

  @Override
  public long size() {
    return 16 + (long) bloomWords * wordSize + 4L * buckets(exported) + 4L * exported;
  }

  @Override
  public Synthetic link(Context ctxt) {
    return LoaderTables.of(ctxt).dynSym();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    DynSym dynSym = LoaderTables.of(ctxt).dynSym();
    int first = dynSym.firstExported();
    int buckets = buckets(exported);
    int bits = wordSize * 8;
    long[] bloom = new long[bloomWords];
    int[] bucket = new int[buckets];
    int[] chain = dynSym.hashes().clone();
    for (int i = 0; i < exported; i++) {
      int h = chain[i];
      int word = Integer.remainderUnsigned(Integer.divideUnsigned(h, bits), bloomWords);
      bloom[word] |= 1L << (h & (bits - 1)) | 1L << ((h >>> SHIFT) & (bits - 1));
      int b = Integer.remainderUnsigned(h, buckets);
      if (bucket[b] == 0) {
        bucket[b] = first + i;
      }
      boolean last = i + 1 == exported || Integer.remainderUnsigned(chain[i + 1], buckets) != b;
      chain[i] = last ? h | 1 : h & ~1;
    }
    TableWriter table = new TableWriter(ctxt.elf, size());
    table.word(buckets);
    table.word(exported == 0 ? 1 : first);
    table.word(bloomWords);
    table.word(SHIFT);
    for (long b : bloom) {
      table.address(b);
    }
    for (int b : bucket) {
      table.word(b);
    }
    for (int c : chain) {
      table.word(c);
    }
    table.flush(slice, 0);
  }
}
