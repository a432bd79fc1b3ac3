package io.jld.source;

import io.jld.arch.Arch;
import io.jld.input.ObjectFile;
import io.jld.model.Context;
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

  /** The link's, which exists once somebody asks; from any thread. */
  public static SourceLines of(Context ctxt) {
    return ctxt.orMake(SourceLines.class, () -> new SourceLines(ctxt.arch()));
  }

  SourceLines(Arch arch) {
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
   * debug information the line's number is missing, without a symbol for the source file (gABI,
   * STT_FILE) {@code main.c} is too, and in data it is {@code main.c (main.o:(.data+0x8))}.
   */
  public String describe(ObjectFile file, int section, long offset) {
    String place = file.location(section, offset).toString();
    String function = functions(file).at(section, offset);
    if (function != null) {
      place = "function " + function + " in " + place;
    }
    String source = source(file, section, offset);
    return source == null ? place : source + " (" + place + ")";
  }

  /**
   * What is known of a place beside the object, section and offset that a message begins with:
   * {@code main.c:12 (function main)}; null where that is nothing.
   */
  public String describeWithin(ObjectFile file, int section, long offset) {
    String function = functions(file).at(section, offset);
    String source = source(file, section, offset);
    if (function == null) {
      return source;
    }
    return source == null ? "function " + function : source + " (function " + function + ")";
  }

  private String source(ObjectFile file, int section, long offset) {
    String line = at(file, section, offset);
    return line == null ? functions(file).source(section, offset) : line;
  }

  private Functions functions(ObjectFile file) {
    return functions.computeIfAbsent(file, Functions::new);
  }
}
