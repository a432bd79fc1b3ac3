package io.jld.source;

import io.jld.arch.Arch;
import io.jld.input.ObjectFile;
import java.lang.foreign.MemorySegment;

/**
 * An object's string sections for debug information, each read when a name in it is first asked
 * for.
 */
public final class LineStrings {
  private final ObjectFile file;
  private final Arch arch;
  private final long budget;
  private MemorySegment lineStrings;
  private MemorySegment strings;

  /**
   * @param budget the most bytes that one of them may have
   */
  LineStrings(ObjectFile file, Arch arch, long budget) {
    this.file = file;
    this.arch = arch;
    this.budget = budget;
  }

  /** {@code .debug_line_str}. */
  synchronized MemorySegment lineStrings() {
    if (lineStrings == null) {
      lineStrings = section(".debug_line_str");
    }
    return lineStrings;
  }

  /** {@code .debug_str}. */
  synchronized MemorySegment strings() {
    if (strings == null) {
      strings = section(".debug_str");
    }
    return strings;
  }

  private MemorySegment section(String name) {
    for (int i = 1; i < file.sectionCount(); i++) {
      if (file.isNamed(i, name)) {
        try {
          return new DebugSection(file, i, arch, budget).content();
        } catch (RuntimeException e) {
          return MemorySegment.NULL; // damaged: no name is in it
        }
      }
    }
    return MemorySegment.NULL;
  }
}
