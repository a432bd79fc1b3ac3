package io.jld.caller;

import io.jld.link.OutputSink;
import io.jld.model.CallerException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** The caller's memory for the output ({@link OutputSink.ToAllocator}). */
public final class OutputMemory implements SegmentAllocator {
  private final SegmentAllocator callers;
  private final boolean threads;

  /** What the link has been given; null before it has asked. */
  private MemorySegment given;

  /**
   * @param threads whether other threads than the calling one will write it
   */
  public OutputMemory(SegmentAllocator callers, boolean threads) {
    this.callers = callers;
    this.threads = threads;
  }

  @Override
  public MemorySegment allocate(long size, long alignment) {
    MemorySegment memory;
    try {
      memory = callers.allocate(size, alignment);
    } catch (IllegalStateException | WrongThreadException e) {
      throw CallersMemory.unusable("the output's arena cannot be used: " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw CallerException.of(e);
    }
    if (memory == null || !memory.isNative() || memory.byteSize() != size || memory.isReadOnly()) {
      throw CallersMemory.unusable(
          "the output's allocator was asked for "
              + size
              + " bytes of native memory and gave "
              + memory,
          null);
    }
    CallersMemory.check("the output's memory", memory, threads);
    given = memory;
    return memory;
  }

  public MemorySegment given() {
    return given;
  }
}
