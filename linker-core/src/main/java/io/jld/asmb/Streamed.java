package io.jld.asmb;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A file that is written and not mapped, as all who write it at the same time share it: who they
 * are, and buffers, which serve one block after the other. Memory that is touched for the first
 * time costs a fault for each page, in a mapped file several times as much as writing the page does
 * ({@code docs/performance.md}).
 */
final class Streamed {
  /** Bytes of a buffer: so many that a system call is little beside copying them. */
  private static final int CAPACITY = 256 << 10;

  private final OutFile file;
  private final Deque<MemorySegment> free = new ArrayDeque<>();
  private final List<StreamBacking> all = new ArrayList<>();

  Streamed(OutFile file) {
    this.file = file;
  }

  OutFile file() {
    return file;
  }

  /** Another writer of the file. */
  synchronized StreamBacking writer() {
    StreamBacking writer = new StreamBacking(this);
    all.add(writer);
    return writer;
  }

  /** Writes what any of them has left in its buffer. None may be writing. */
  void flush() {
    List<StreamBacking> writers;
    synchronized (this) {
      writers = List.copyOf(all);
    }
    writers.forEach(StreamBacking::flush);
  }

  /** A buffer for at least {@code n} bytes, which hold anything. */
  MemorySegment take(long n) {
    if (n > CAPACITY) {
      return HeapBacking.memory(Arena.ofAuto(), n); // goes when it is no longer used
    }
    MemorySegment buffer;
    synchronized (this) {
      buffer = free.poll();
    }
    return buffer != null ? buffer : MemorySegment.ofArray(new byte[CAPACITY]);
  }

  /** For others to take. A huge symbol's buffer is not kept. */
  void giveBack(MemorySegment buffer) {
    if (buffer.byteSize() == CAPACITY) {
      synchronized (this) {
        free.push(buffer);
      }
    }
  }
}
