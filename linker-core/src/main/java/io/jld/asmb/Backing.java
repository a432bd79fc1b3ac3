package io.jld.asmb;

import java.lang.foreign.MemorySegment;

/**
 * Where an {@link OutBuf}'s bytes go as long as it has no mapping of fixed size. One thread at a
 * time.
 */
interface Backing {
  /**
   * Room for {@code size} bytes at {@code position} of the output. What it holds is undefined;
   * whatever the caller puts there until the next call of any method is written.
   */
  MemorySegment room(long position, long size);

  /** The output's size so far: the end of the last byte. */
  long size();

  /**
   * The {@code n} bytes from {@code position} on, read-only: themselves where they are in memory,
   * otherwise a copy.
   */
  MemorySegment bytes(long position, long n);

  /** Copies the bytes from {@code position} on, as many as fit, into {@code into}. */
  void read(long position, MemorySegment into);

  /** Hands everything to the operating system. */
  void flush();
}
