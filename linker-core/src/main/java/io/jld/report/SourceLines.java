package io.jld.report;

import io.jld.arch.Arch;
import io.jld.input.ObjectFile;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the source line of a place in an object, from the object's DWARF, for an error message.
 * Nothing is read before someone asks; then an object's whole table is, once. May be used by
 * several threads.
 *
 * <p>Debug information is an input that the link itself does not depend on: where it is damaged,
 * there is no line, and no error either.
 */
public final class SourceLines {
  private final Arch arch;
  private final Map<ObjectFile, LineTable> tables = new ConcurrentHashMap<>();
  private final Map<ObjectFile, Functions> functions = new ConcurrentHashMap<>();

  public SourceLines(Arch arch) {
    this.arch = arch;
  }

  /**
   * The file and line, {@code main.c:12}; null where that isn't known.
   *
   * @param section index of a section in the object
   * @param offset in the section in bytes
   */
  public String at(ObjectFile file, int section, long offset) {
    return tables.computeIfAbsent(file, f -> LineTable.of(f, arch)).at(section, offset);
  }

  /**
   * All that is known of a place, {@code main.c:12 (function main in main.o:(.text+0x14))}: without
   * debug information {@code function main in main.o:(.text+0x14)}, and in data {@code
   * main.o:(.data+0x8)}.
   */
  public String describe(ObjectFile file, int section, long offset) {
    String place = file.location(section, offset).toString();
    String function = functions.computeIfAbsent(file, Functions::new).at(section, offset);
    if (function != null) {
      place = "function " + function + " in " + place;
    }
    String line = at(file, section, offset);
    return line == null ? place : line + " (" + place + ")";
  }
}
