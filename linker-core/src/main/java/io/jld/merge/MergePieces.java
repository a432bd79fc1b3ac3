package io.jld.merge;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The pieces of one object's merged sections in columns. A piece is a string with its NUL, or a
 * constant; where it begins in its section, and where it went in the pool.
 */
public final class MergePieces {
  private final int[] slot;
  private int sections;
  private int[] sectionIndex = new int[4];
  private MergePool[] pool = new MergePool[4];
  private MemorySegment[] content = new MemorySegment[4];
  private int[] first = new int[5];

  private int count;
  private int[] start = new int[16];

  /** Hashes of the pieces; null once each has its place. */
  long[] hash = new long[16];

  /**
   * At first the number, in its shard, of the piece that this one is a copy of; at the end its
   * offset in the pool in bytes, unsigned.
   */
  int[] place;

  /**
   * @param indices how many section indices the object has
   */
  public MergePieces(int indices) {
    slot = new int[indices];
  }

  // Filled in piece by piece

  /** Starts with the next section; its pieces follow. */
  public void addSection(int index, MergePool into, MemorySegment bytes) {
    if (sections == sectionIndex.length) {
      int n = sections * 2;
      sectionIndex = Arrays.copyOf(sectionIndex, n);
      pool = Arrays.copyOf(pool, n);
      content = Arrays.copyOf(content, n);
      first = Arrays.copyOf(first, n + 1);
    }
    sectionIndex[sections] = index;
    pool[sections] = into;
    content[sections] = bytes;
    first[sections++] = count;
    first[sections] = count;
    slot[index] = sections;
  }

  /** Adds a piece of the section that was added last; it ends where the next one starts. */
  public void add(int from, long hashed) {
    if (count == start.length) {
      grow();
    }
    start[count] = from;
    hash[count] = hashed;
    first[sections] = ++count;
  }

  private void grow() {
    int n = count < 1 << 29 ? count * 2 : Integer.MAX_VALUE - 8;
    start = Arrays.copyOf(start, n);
    hash = Arrays.copyOf(hash, n);
  }

  /** All pieces are there. */
  public void finish() {
    start = Arrays.copyOf(start, count);
    hash = Arrays.copyOf(hash, count);
    place = new int[count];
  }

  // Read

  int sections() {
    return sections;
  }

  int count() {
    return count;
  }

  /**
   * The number among the merged sections of the object's section {@code index}; -1 where that is
   * not merged.
   */
  int slotOf(int index) {
    return slot[index] - 1;
  }

  /** The index in the object of merged section {@code s}. */
  int sectionIndex(int s) {
    return sectionIndex[s];
  }

  MergePool pool(int s) {
    return pool[s];
  }

  MemorySegment content(int s) {
    return content[s];
  }

  /** The first piece of section {@code s}; that of the one after the last is {@link #count}. */
  int first(int s) {
    return first[s];
  }

  /** Offset of the piece in its section in bytes. */
  int start(int piece) {
    return start[piece];
  }

  /** Size in bytes of a piece of section {@code s}. */
  int length(int s, int piece) {
    int end = piece + 1 < first[s + 1] ? start[piece + 1] : (int) content[s].byteSize();
    return end - start[piece];
  }

  /** The piece of section {@code s} that an offset in the section lies in. */
  int find(int s, long offset) {
    int at = Arrays.binarySearch(start, first[s], first[s + 1], (int) offset);
    return at >= 0 ? at : -at - 2;
  }
}
