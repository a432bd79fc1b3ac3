package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code .relr.dyn} (gABI, "SHT_RELR"): relative relocations as addresses, each followed by bitmaps
 * of the words after it that are relocated too. Its size depends on addresses, which depend on its
 * size: the layout is repeated until both agree, and it never shrinks, so that this ends.
 */
public final class RelrDyn extends Synthetic {
  private final int wordSize;
  private int count;
  private int[] sections = new int[64];
  private long[] offsets = new long[64];
  private int entries;
  private long[] encoded = {};

  /**
   * @param android whether it has the type by which Android's loaders know it that are older than
   *     the gABI's
   */
  public RelrDyn(int wordSize, boolean android) {
    super(".relr.dyn", android ? SHT_ANDROID_RELR : SHT_RELR, SHF_ALLOC, wordSize, wordSize);
    this.wordSize = wordSize;
  }

  /** Adds a relative relocation; places are as in {@link DynamicRelocs}. */
  void add(int section, long offset) {
    if (count == sections.length) {
      sections = Arrays.copyOf(sections, count * 2);
      offsets = Arrays.copyOf(offsets, count * 2);
    }
    sections[count] = section;
    offsets[count++] = offset;
  }

  /** Encodes for the addresses as they are; returns whether the size has stayed the same. */
  public boolean fits(Context ctxt) {
    if (count == 0) {
      return true;
    }
    DynamicSection in = new DynamicSection(ctxt);
    long[] places = new long[count];
    for (int i = 0; i < count; i++) {
      places[i] = in.place(sections[i], offsets[i]);
    }
    Arrays.sort(places);
    encoded = encode(places);
    boolean fits = encoded.length <= entries;
    entries = Math.max(entries, encoded.length);
    return fits;
  }

  private long[] encode(long[] places) {
    int bits = wordSize * 8 - 1;
    long[] out = new long[16];
    int n = 0;
    int i = 0;
    while (i < places.length) {
      out = room(out, n + 1);
      out[n++] = places[i];
      long base = places[i] + wordSize;
      i++;
      while (true) {
        long bitmap = 0;
        for (; i < places.length; i++) {
          long delta = places[i] - base;
          if (delta < 0 || delta >= (long) bits * wordSize || delta % wordSize != 0) {
            break;
          }
          bitmap |= 1L << (delta / wordSize);
        }
        if (bitmap == 0) {
          break;
        }
        out = room(out, n + 1);
        out[n++] = bitmap << 1 | 1;
        base += (long) bits * wordSize;
      }
    }
    return Arrays.copyOf(out, n);
  }

  private static long[] room(long[] a, int n) {
    return n <= a.length ? a : Arrays.copyOf(a, a.length * 2);
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return count > 0;
  }

  @Override
  public long size() {
    return (long) entries * wordSize;
  }

  /** What is left of the size is filled with bitmaps that relocate nothing. */
  @Override
  public void write(Context ctxt, MemorySegment slice) {
    for (int i = 0; i < entries; i++) {
      ctxt.elf.putWord(slice, (long) i * wordSize, i < encoded.length ? encoded[i] : 1);
    }
  }
}
