package io.jld.input;

import io.jld.elf.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * The symbol index of a System V archive: which names its members define. It is the content of the
 * member {@code /}, or {@code /SYM64/} with words of eight bytes.
 *
 * <pre>
 * word   n, highest byte first
 * word   n times: where the header of the member that defines the name is, in bytes from the archive's start
 * n names, each ended by a NUL
 * </pre>
 *
 * <p>A name is known by its hash alone ({@link Names#hash}). Whoever asks must be content with a
 * member too many.
 */
public final class ArchiveIndex {
  private static final int SOME = 64;
  private static final int MOST = 1 << 30;

  private final long[] hash;
  private final long[] member;

  private ArchiveIndex(long[] hash, long[] member) {
    this.hash = hash;
    this.member = member;
  }

  /** What it takes on the heap, in bytes. */
  public long heapBytes() {
    return 16L * hash.length;
  }

  /**
   * Reads an index.
   *
   * @param word bytes of a word: 4 or 8
   * @return null where it is damaged: the archive can be read without one
   */
  static ArchiveIndex read(MemorySegment content, int word) {
    if (content.byteSize() < word) {
      return null;
    }
    long n = word(content, word, 0);
    if (n < 0 || n > MOST || n > (content.byteSize() - word) / (word + 1)) {
      return null;
    }
    long[] hash = new long[(int) n];
    long[] member = new long[(int) n];
    readMembers(content, word, member);
    long at = word * (n + 1);
    long size = content.byteSize() - at;
    if (n == 0) {
      return new ArchiveIndex(hash, member);
    }
    if (size <= 0 || Bytes.u8(content, content.byteSize() - 1) != 0) {
      return null;
    }
    StringTable names = new StringTable(content, at, size);
    long name = 0;
    for (int i = 0; i < n && name >= 0; i += SOME) {
      name = hashNames(names, name, hash, i, (int) Math.min(n, i + SOME));
    }
    return name < 0 ? null : new ArchiveIndex(hash, member);
  }

  /**
   * Hashes names, some at a time: a loop that runs once is compiled too late.
   *
   * @param first where the first of them begins
   * @return where the next name begins; -1 where there are not so many
   */
  private static long hashNames(StringTable names, long first, long[] hash, int from, int to) {
    long name = first;
    for (int i = from; i < to; i++) {
      if (name >= names.size()) {
        return -1;
      }
      int len = names.lengthAndAt(name);
      int whole = len < 0 ? ~len : len;
      hash[i] = names.hash(name, len < 0 ? names.defaultVersion(name, whole) : len);
      name += whole + 1L;
    }
    return name;
  }

  /** A word, highest byte first. */
  private static long word(MemorySegment content, int word, long at) {
    return word == 4
        ? Integer.reverseBytes(Bytes.s32(content, at)) & 0xffffffffL
        : Long.reverseBytes(Bytes.u64(content, at));
  }

  private static void readMembers(MemorySegment content, int word, long[] member) {
    if (word == 8) {
      Bytes.copy(content, 8, member, member.length);
      for (int i = 0; i < member.length; i++) {
        member[i] = Long.reverseBytes(member[i]);
      }
      return;
    }
    int[] narrow = new int[member.length];
    Bytes.copy(content, 4, narrow, narrow.length);
    for (int i = 0; i < narrow.length; i++) {
      member[i] = Integer.reverseBytes(narrow[i]) & 0xffffffffL;
    }
  }

  /** How many names there are. */
  public int count() {
    return hash.length;
  }

  /**
   * The hash of a name; {@code name@@VERSION} stands for {@code name}, which it defines.
   *
   * @param i from 0 to {@link #count}, exclusive
   */
  public long hash(int i) {
    return hash[i];
  }

  /** Where the header of the member that defines it begins in the archive; not checked. */
  public long member(int i) {
    return member[i];
  }

  /** Copies the columns of {@link #hash} and {@link #member} to arrays, from {@code at} on. */
  public void copy(long[] hashes, long[] members, int at) {
    System.arraycopy(hash, 0, hashes, at, hash.length);
    System.arraycopy(member, 0, members, at, member.length);
  }
}
