package io.jld.input;

import io.jld.elf.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * Reads the names of string tables through a window: some kilobytes of the table, copied as a
 * whole. Who asks for names in the order of symbols finds most of them next to each other, and a
 * byte in an array costs a tenth of one in a {@link MemorySegment} in code of the JVM's first
 * compiler, which is all that a cold link has.
 *
 * <p>One window serves one task. Offsets must lie in the table, which must end in NUL.
 */
public final class NameWindow {
  private static final int SIZE = 1 << 12;

  /** Longer names are not worth a window. */
  private static final int MOST = 1 << 20;

  private byte[] bytes = new byte[SIZE];
  private MemorySegment table = MemorySegment.NULL;

  /** What the window shows: {@link #loaded} bytes from {@link #from} on. */
  private long from;

  private int loaded;

  /** Goes to a string table. */
  public void open(MemorySegment strings) {
    table = strings;
    loaded = 0;
  }

  /** Bytes of the name at {@code off}, without its NUL. */
  public int length(long off) {
    int begin = seek(off, 1);
    int at = begin;
    while (true) {
      while (at < loaded && bytes[at] != 0) {
        at++;
      }
      if (at < loaded) {
        return at - begin;
      }
      int seen = at - begin;
      if (seen > MOST / 2) {
        return Names.length(table, off);
      }
      load(off, Math.max(SIZE, seen * 2));
      if (seen == loaded) {
        return seen;
      }
      begin = 0;
      at = seen;
    }
  }

  /** Whether the name at {@code off} begins with {@code prefix}, which is ASCII. */
  public boolean startsWith(long off, String prefix) {
    if (off + prefix.length() > table.byteSize()) {
      return false;
    }
    int begin = seek(off, prefix.length());
    for (int i = 0; i < prefix.length(); i++) {
      if (bytes[begin + i] != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Copies {@code n} bytes at {@code off}. */
  public void copy(long off, int n, byte[] to, int at) {
    if (n > MOST) {
      Bytes.copy(table, off, to, at, n);
    } else {
      int begin = seek(off, n); // first: for a long name it makes another array
      System.arraycopy(bytes, begin, to, at, n);
    }
  }

  /** Where the byte at {@code off} is in the window, with {@code n} bytes from there on. */
  private int seek(long off, int n) {
    long in = off - from;
    if (in < 0 || in > loaded - n) {
      load(off, Math.max(SIZE, n));
      in = 0;
    }
    return (int) in;
  }

  private void load(long off, int n) {
    int there = (int) Math.min(n, table.byteSize() - off);
    if (bytes.length < there) {
      bytes = new byte[there];
    }
    Bytes.copy(table, off, bytes, 0, there);
    from = off;
    loaded = there;
  }
}
