package io.jld.link;

import java.nio.file.Path;
import java.util.Objects;

/** Where the linked bytes go. */
public sealed interface OutputSink {
  /**
   * A file. A regular file is written beside its path and renamed over it when the link has
   * succeeded; a special file ({@code /dev/null}, a pipe) is written as it is.
   */
  record ToPath(Path path) implements OutputSink {
    public ToPath {
      Objects.requireNonNull(path);
    }
  }

  /** Memory: {@link LinkResult#bytes()} has the output. */
  record ToMemory() implements OutputSink {}

  static OutputSink path(Path path) {
    return new ToPath(path);
  }

  static OutputSink memory() {
    return new ToMemory();
  }
}
