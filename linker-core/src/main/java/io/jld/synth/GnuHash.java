package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.LinkOption;
import io.jld.pass.Context;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

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

  /** djb2 over the name's bytes. */
  static int hash(String name) {
    int h = 5381;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      h = h * 33 + (b & 0xff);
    }
    return h;
  }

  static int buckets(int symbols) {
    return Math.max(1, symbols / 4);
  }

  public void prepare(Context ctxt) {
    DynSym dynSym = ctxt.synth.dynSym();
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
    return ctxt.synth.dynSym();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.fill((byte) 0);
    DynSym dynSym = ctxt.synth.dynSym();
    int first = dynSym.firstExported();
    int buckets = buckets(exported);
    ElfClass.put32(slice, 0, buckets);
    ElfClass.put32(slice, 4, exported == 0 ? 1 : first);
    ElfClass.put32(slice, 8, bloomWords);
    ElfClass.put32(slice, 12, SHIFT);
    long bucketAt = 16 + (long) bloomWords * wordSize;
    long chainAt = bucketAt + 4L * buckets;
    int bits = wordSize * 8;
    int[] bucketOf = new int[exported];
    for (int i = 0; i < exported; i++) {
      int h = hash(dynSym.name(ctxt, first + i));
      long word =
          16
              + Integer.toUnsignedLong(
                      Integer.remainderUnsigned(Integer.divideUnsigned(h, bits), bloomWords))
                  * wordSize;
      long filter =
          ctxt.elf.word(slice, word) | 1L << (h & (bits - 1)) | 1L << ((h >>> SHIFT) & (bits - 1));
      ctxt.elf.putWord(slice, word, filter);
      bucketOf[i] = Integer.remainderUnsigned(h, buckets);
      if (ElfClass.s32(slice, bucketAt + 4L * bucketOf[i]) == 0) {
        ElfClass.put32(slice, bucketAt + 4L * bucketOf[i], first + i);
      }
      ElfClass.put32(slice, chainAt + 4L * i, h & ~1);
    }
    for (int i = 0; i < exported; i++) {
      if (i + 1 == exported || bucketOf[i + 1] != bucketOf[i]) {
        ElfClass.put32(slice, chainAt + 4L * i, ElfClass.s32(slice, chainAt + 4L * i) | 1);
      }
    }
  }
}
