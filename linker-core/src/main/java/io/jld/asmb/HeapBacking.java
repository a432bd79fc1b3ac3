package io.jld.asmb;

import io.jld.elf.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The output in memory: an array where that is large enough, otherwise native memory. */
final class HeapBacking implements Backing {
  /** The largest array that JVMs make. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private final Arena arena;
  private MemorySegment data = MemorySegment.ofArray(new byte[0]);
  private long size;

  HeapBacking(Arena arena) {
    this.arena = arena;
  }

  /** Memory of a fixed size for the whole output; all zeros. */
  MemorySegment fix(long newSize) {
    data = allocate(newSize);
    size = newSize;
    return data;
  }

  private MemorySegment allocate(long n) {
    return n <= MAX_ARRAY ? MemorySegment.ofArray(new byte[(int) n]) : arena.allocate(n, 4096);
  }

  @Override
  public MemorySegment room(long position, long n) {
    long end = Math.addExact(position, n);
    if (end > data.byteSize()) {
      long doubled = Math.max(2 * data.byteSize(), 4096);
      MemorySegment larger =
          allocate(Math.max(end, Math.min(doubled, Math.max(MAX_ARRAY, data.byteSize()))));
      MemorySegment.copy(data, 0, larger, 0, size);
      data = larger;
    }
    size = Math.max(size, end);
    return data.asSlice(position, n);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public MemorySegment bytes(long position, long n) {
    return data.asSlice(position, n).asReadOnly();
  }

  @Override
  public void read(long position, MemorySegment into) {
    Bytes.move(data, position, into, 0, into.byteSize());
  }

  @Override
  public void flush() {
    // the bytes are where they belong
  }
}
