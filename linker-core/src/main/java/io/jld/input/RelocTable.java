package io.jld.input;

import io.jld.elf.Bytes;
import io.jld.elf.Elf;
import java.lang.foreign.MemorySegment;

/**
 * The relocations of one section after the other, as they stand in the file (gABI, "Relocation";
 * {@code Elf32_Rel} to {@code Elf64_Rela}).
 *
 * <p>They are read through a window: a few kilobytes of the file, copied as a whole. There are
 * millions of relocations with three fields each, and a field read from a {@link MemorySegment}
 * costs ten times what one read from an array does in code of the JVM's first compiler, which is
 * all that a cold link has. Tables of small sections stand one after the other in a file, so that
 * one copy serves many of them.
 *
 * <p>One table serves one task. Fields are not checked.
 */
public final class RelocTable {
  /** Words that are copied at least, where the file has so many. */
  private static final int LEAST = 1 << 10;

  /** Words of the window; a multiple of those of each kind of relocation. */
  private static final int MOST = 12 << 10;

  private int[] words = new int[LEAST];

  /** What the window shows: {@link #loaded} words of this file from {@link #from} on, in bytes. */
  private ObjectFile owner;

  private MemorySegment file = MemorySegment.NULL;

  private long from;
  private int loaded;

  private boolean is64;
  private boolean rela;
  private int entryWords;
  private long begin;
  private int count;

  /** Where the current relocation stands in the window. */
  private int at;

  /**
   * Opens the relocations of a section.
   *
   * @param rel index of the section with the relocations ({@link ObjectFile#relocSection})
   */
  public void open(ObjectFile object, int rel) {
    if (object != owner) {
      owner = object;
      file = object.data();
      loaded = 0;
    }
    is64 = object.elf().is64();
    rela = object.type(rel) == Elf.SHT_RELA;
    entryWords = (rela ? 3 : 2) * (is64 ? 2 : 1);
    begin = object.offset(rel);
    count = (int) Math.min(Integer.MAX_VALUE, object.rawSize(rel) / (4L * entryWords));
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Whether they have addends of their own ({@code SHT_RELA}). */
  public boolean hasAddends() {
    return rela;
  }

  /** Size of a relocation in bytes. */
  public int entrySize() {
    return 4 * entryWords;
  }

  /**
   * Goes to a relocation: what follows speaks of it.
   *
   * @param i from 0 to {@link #count}, exclusive
   */
  public void seek(int i) {
    long pos = begin + 4L * entryWords * i;
    long in = pos - from;
    if (in < 0 || (in & 3) != 0 || (in >> 2) > loaded - entryWords) {
      load(pos, count - i);
      in = 0;
    }
    at = (int) (in >> 2);
  }

  /** Moves the window to {@code pos}, where {@code left} relocations follow. */
  private void load(long pos, int left) {
    int wanted = (int) Math.min(MOST, Math.max(LEAST, (long) left * entryWords));
    int there = (int) Math.min(wanted, (file.byteSize() - pos) >> 2);
    if (words.length < there) {
      words = new int[there];
    }
    Bytes.copy(file, pos, words, there);
    from = pos;
    loaded = there;
  }

  /** {@code r_offset}. */
  public long offset() {
    return is64 ? wide(at) : words[at] & 0xffffffffL;
  }

  /** The type that {@code r_info} holds. */
  public int type() {
    return is64 ? words[at + 2] : words[at + 1] & 0xff;
  }

  /** The symbol's index that {@code r_info} holds; a hostile file's may be below 0. */
  public int symbol() {
    return is64 ? words[at + 3] : words[at + 1] >>> 8;
  }

  /** {@code r_addend}; only where {@link #hasAddends}. */
  public long addend() {
    return is64 ? wide(at + 4) : words[at + 2];
  }

  private long wide(int i) {
    return (words[i] & 0xffffffffL) | (long) words[i + 1] << 32;
  }
}
