package io.jld.asmb;

import io.jld.elf.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * The output in memory: an array where that is large enough, otherwise native memory; or what the
 * caller's allocator gives.
 */
final class HeapBacking implements Backing {
  /** The largest array that JVMs make. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private static final int ALIGNMENT = 4096;

  private final SegmentAllocator allocator;

  /** The size up to which the memory is an array. */
  private final long arrays;

  private MemorySegment data = MemorySegment.ofArray(new byte[0]);
  private long size;

  HeapBacking(Arena arena) {
    this(arena, MAX_ARRAY);
  }

  private HeapBacking(SegmentAllocator allocator, long arrays) {
    this.allocator = allocator;
    this.arrays = arrays;
  }

  /** Memory that the allocator alone gives. */
  static HeapBacking of(SegmentAllocator allocator) {
    return new HeapBacking(allocator, -1);
  }

  /** Memory of a fixed size for the whole output; all zeros. */
  MemorySegment fix(long newSize) {
    data = allocate(newSize);
    size = newSize;
    return data;
  }

  private MemorySegment allocate(long n) {
    return n <= arrays ? memory(allocator, n) : allocator.allocate(n, ALIGNMENT);
  }

  /** Memory of {@code n} bytes: an array, or the allocator's where there is none so large. */
  static MemorySegment memory(SegmentAllocator allocator, long n) {
    return n <= MAX_ARRAY
        ? MemorySegment.ofArray(new byte[(int) n])
        : allocator.allocate(n, ALIGNMENT);
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
