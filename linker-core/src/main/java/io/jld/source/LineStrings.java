package io.jld.source;

import io.jld.arch.Arch;
import io.jld.dwarf.DebugSection;
import io.jld.input.ObjectFile;

/**
 * An object's string sections for debug information, each read when a name in it is first asked
 * for.
 */
public final class LineStrings {
  private final ObjectFile file;
  private final Arch arch;
  private final long budget;
  private byte[] lineStrings;
  private byte[] strings;

  /**
   * @param budget the most bytes that one of them may have
   */
  LineStrings(ObjectFile file, Arch arch, long budget) {
    this.file = file;
    this.arch = arch;
    this.budget = budget;
  }

  /** {@code .debug_line_str}. */
  synchronized byte[] lineStrings() {
    if (lineStrings == null) {
      lineStrings = section(".debug_line_str");
    }
    return lineStrings;
  }

  /** {@code .debug_str}. */
  synchronized byte[] strings() {
    if (strings == null) {
      strings = section(".debug_str");
    }
    return strings;
  }

  private byte[] section(String name) {
    for (int i = 1; i < file.sectionCount(); i++) {
      if (file.isNamed(i, name)) {
        try {
          return new DebugSection(file, i, arch, budget).bytes();
        } catch (RuntimeException e) {
          return new byte[0]; // damaged: no name is in it
        }
      }
    }
    return new byte[0];
  }
}
