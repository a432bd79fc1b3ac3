package io.jld.link;

import java.io.OutputStream;
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

  /** Memory: {@link LinkResult#bytes()} has the output. */
  record ToMemory() implements OutputSink {
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

  static OutputSink stream(String name, OutputStream stream) {
    return new ToStream(name, stream);
  }
}
