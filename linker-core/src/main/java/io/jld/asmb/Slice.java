package io.jld.asmb;

import io.jld.elf.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/**
 * The bytes of one symbol, as little-endian fields that are read and, in the output, edited. All
 * offsets are in bytes from the symbol's start, and need no alignment.
 *
 * <p>Fields are accessed in a window: some kilobytes of the content, copied into an array. Most
 * symbols fit into it as a whole. A field in an array costs a tenth of one in a {@link
 * MemorySegment} in code of the JVM's first compiler, which is all that a cold link has, and a
 * hundredth before that ({@code docs/performance.md}). So the content goes from the input through
 * the window to the output: each byte is written there once, however many relocations there are,
 * unless their order goes back.
 *
 * <p>One slice serves one task, for one symbol after the other.
 *
 * @since 0.1
 */
public final class Slice {
  /** Bytes of the window at most. */
  static final int SIZE = 1 << 15;

  private static final int LEAST = 1 << 12;

  /**
   * Bytes of the window after a step back, which is rare except in files that are made to be slow.
   */
  private static final int JUMP = 512;

  /** Bytes that the window keeps before a field: those of the instruction that it belongs to. */
  static final int BEFORE = 64;

  private byte[] own = {};
  private MemorySegment ownMemory = MemorySegment.NULL;

  /** Null where the content is zeros. */
  private MemorySegment in;

  private long inAt;

  /** Null where nothing may be edited. */
  private MemorySegment out;

  private long size;

  /** Bytes at the start that have been written to {@link #out}. */
  private long done;

  /** Where offsets count from, in the content. */
  private long origin;

  /** The window: {@link #loaded} bytes of the content from {@link #begin} on. */
  private byte[] window = own;

  private long begin;
  private int loaded;

  /** How large the next window is to be. */
  private int reach;

  /** Where the window starts in its array, which may be a caller's and hold more before it. */
  private int base;

  /**
   * Opens a content that is only read: {@code size} bytes of {@code content} from {@code at} on.
   */
  public void open(MemorySegment content, long at, long size) {
    start(content, at, null, size);
  }

  /**
   * Opens a content to be copied and edited on the way; {@link #close} has to follow.
   *
   * @param to where the content goes; as large as {@code content}
   */
  public void open(MemorySegment content, MemorySegment to) {
    if (content.byteSize() != to.byteSize()) {
      throw new IllegalArgumentException(
          content.byteSize() + " bytes for a slice of " + to.byteSize());
    }
    start(content, 0, to, to.byteSize());
  }

  /** Opens a content of zeros to be filled in; {@link #close} has to follow. */
  public void make(MemorySegment to) {
    start(null, 0, to, to.byteSize());
  }

  /** Opens bytes of the output to be edited in place; {@link #close} has to follow. */
  public void edit(MemorySegment bytes) {
    start(null, 0, bytes, bytes.byteSize());
    done = size;
  }

  /** Opens a part of an array, which is edited in place. */
  public void open(byte[] bytes, int at, int size) {
    Objects.checkFromIndexSize(at, size, bytes.length);
    start(null, 0, null, size);
    window = bytes;
    base = at;
    loaded = size;
  }

  /** A slice of {@code bytes}, which is edited in place. */
  public static Slice of(byte[] bytes) {
    Slice s = new Slice();
    s.open(bytes, 0, bytes.length);
    return s;
  }

  private void start(MemorySegment content, long at, MemorySegment to, long n) {
    in = content;
    inAt = at;
    out = to;
    size = n;
    done = 0;
    origin = 0;
    window = own;
    begin = 0;
    loaded = 0;
    base = 0;
    reach = SIZE;
  }

  /**
   * Makes offsets count from {@code start} on, until the next content is opened. Returns this
   * slice.
   */
  public Slice from(long start) {
    origin = start;
    return this;
  }

  /** Size of the whole content in bytes. */
  public long size() {
    return size;
  }

  /** Writes what has not been written yet. */
  public void close() {
    flush();
    if (out != null && done < size) {
      pass(size);
    }
  }

  /** Writes the content up to {@code end} as it is. */
  private void pass(long end) {
    if (in != null) {
      Bytes.move(in, inAt + done, out, done, end - done);
    } else {
      Bytes.zero(out, done, end - done);
    }
    done = end;
  }

  /** The byte at {@code at}, from 0 to 255. */
  public int get8(long at) {
    int i = seek(at, 1);
    return window[i] & 0xff;
  }

  public int get16(long at) {
    int i = seek(at, 2);
    byte[] w = window;
    return w[i] & 0xff | (w[i + 1] & 0xff) << 8;
  }

  public int get32(long at) {
    int i = seek(at, 4);
    byte[] w = window;
    return w[i] & 0xff | (w[i + 1] & 0xff) << 8 | (w[i + 2] & 0xff) << 16 | w[i + 3] << 24;
  }

  public long get64(long at) {
    return get32(at) & 0xffffffffL | (long) get32(at + 4) << 32;
  }

  /** A field in big-endian order, as instructions of some little-endian machines are in. */
  public int getBig16(long at) {
    return Short.reverseBytes((short) get16(at)) & 0xffff;
  }

  public int getBig32(long at) {
    return Integer.reverseBytes(get32(at));
  }

  public long getBig64(long at) {
    return Long.reverseBytes(get64(at));
  }

  /** Writes the low byte of {@code v}; likewise below. */
  public void put8(long at, int v) {
    int i = seek(at, 1);
    window[i] = (byte) v;
  }

  public void put16(long at, int v) {
    int i = seek(at, 2);
    byte[] w = window;
    w[i] = (byte) v;
    w[i + 1] = (byte) (v >> 8);
  }

  public void put32(long at, int v) {
    int i = seek(at, 4);
    byte[] w = window;
    w[i] = (byte) v;
    w[i + 1] = (byte) (v >> 8);
    w[i + 2] = (byte) (v >> 16);
    w[i + 3] = (byte) (v >> 24);
  }

  public void put64(long at, long v) {
    put32(at, (int) v);
    put32(at + 4, (int) (v >> 32));
  }

  /** Writes a field in big-endian order; likewise below. */
  public void putBig16(long at, int v) {
    put16(at, Short.reverseBytes((short) v));
  }

  public void putBig32(long at, int v) {
    put32(at, Integer.reverseBytes(v));
  }

  public void putBig64(long at, long v) {
    put64(at, Long.reverseBytes(v));
  }

  public void put(long at, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      put8(at + i, bytes[i]);
    }
  }

  /** Where a field of {@code n} bytes is in {@link #window}. */
  private int seek(long at, int n) {
    long i = at + origin - begin;
    if (i < 0 || i > loaded - n) {
      i = load(at + origin, n);
    }
    return base + (int) i;
  }

  /** Moves the window to a field. */
  private int load(long at, int n) {
    if (at < 0 || n > size - at) {
      throw new IndexOutOfBoundsException(at + " in a slice of " + size + " bytes");
    }
    boolean back = loaded > 0 && at < begin;
    flush();
    reach = back ? JUMP : Math.min(SIZE, 2 * reach);
    long start = Math.max(0, at - (back ? JUMP - BEFORE : BEFORE));
    int length = (int) Math.min(reach, size - start);
    if (own.length < length) {
      own = new byte[Math.max(LEAST, Math.min(SIZE, 2 * length))];
      ownMemory = MemorySegment.ofArray(own);
      window = own;
    }
    int written = 0;
    if (out != null) {
      if (start > done) {
        pass(start);
      }
      written = (int) Math.min(length, done - start);
      Bytes.move(out, start, ownMemory, 0, written);
    }
    if (written < length) {
      if (in != null) {
        Bytes.move(in, inAt + start + written, ownMemory, written, length - written);
      } else {
        Arrays.fill(own, written, length, (byte) 0);
      }
    }
    begin = start;
    loaded = length;
    return (int) (at - start);
  }

  private void flush() {
    if (out != null && loaded > 0) {
      Bytes.move(ownMemory, 0, out, begin, loaded);
      done = Math.max(done, begin + loaded);
      loaded = 0;
    }
  }
}
