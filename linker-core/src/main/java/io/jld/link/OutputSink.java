package io.jld.link;

import java.io.OutputStream;
import java.lang.foreign.SegmentAllocator;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Where the linked bytes go.
 *
 * @since 0.1
 */
public sealed interface OutputSink {
  /** What reports call the output. */
  String name();

  /**
   * A file. A regular file is written beside its path and renamed over it when the link has
   * succeeded; a special file ({@code /dev/null}, a pipe) is written as it is.
   */
  record ToPath(Path path) implements OutputSink {
    public ToPath {
      Objects.requireNonNull(path);
    }

    @Override
    public String name() {
      return NameBytes.string(path);
    }
  }

  /** Memory of the link's own: {@link LinkResult#bytes()} has the output. */
  record ToMemory() implements OutputSink {
    @Override
    public String name() {
      return "a.out";
    }
  }

  /**
   * Memory of the caller's: {@link LinkResult#bytes()} is it.
   *
   * @param allocator is asked once, when the size of the output is known, on the thread that links:
   *     an {@link java.lang.foreign.Arena}, or what maps a file of this size, say. The native
   *     memory that it gives begins at a multiple of 4096 bytes and need not be zero. Where the
   *     link fails later it stays the allocator's, with part of the output
   */
  record ToAllocator(SegmentAllocator allocator) implements OutputSink {
    public ToAllocator {
      Objects.requireNonNull(allocator);
    }

    @Override
    public String name() {
      return "a.out";
    }
  }

  /**
   * A stream, which gets the output when all else is done, and is flushed but not closed.
   *
   * @param name for messages and reports
   */
  record ToStream(String name, OutputStream stream) implements OutputSink {
    public ToStream {
      Objects.requireNonNull(name);
      Objects.requireNonNull(stream);
    }
  }

  static OutputSink path(Path path) {
    return new ToPath(path);
  }

  static OutputSink memory() {
    return new ToMemory();
  }

  /** The output in memory that {@code allocator}, an arena perhaps, gives. */
  static OutputSink memory(SegmentAllocator allocator) {
    return new ToAllocator(allocator);
  }

  static OutputSink stream(String name, OutputStream stream) {
    return new ToStream(name, stream);
  }
}
