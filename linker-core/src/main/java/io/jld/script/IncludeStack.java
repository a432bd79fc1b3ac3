package io.jld.script;

import io.jld.elf.Bytes;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.plan.Place;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The scripts that are being read: one, and those that {@code INCLUDE} names in it. What they may
 * have together is limited, for scripts that include others several times each grow without end.
 */
final class IncludeStack {
  /** GNU ld allows as many. */
  private static final int MAX_DEPTH = 10;

  private final InputScript.Includes includes;

  /** What {@code SEARCH_DIR} has named so far. */
  private final List<String> directories = new ArrayList<>();

  private int depth;
  private long size;

  IncludeStack(InputScript.Includes includes) {
    this.includes = includes;
  }

  /** Adds a directory in which {@code INCLUDE} looks. */
  void addDirectory(String directory) {
    directories.add(directory);
  }

  /**
   * Goes into a script.
   *
   * @param place of the {@code INCLUDE}
   * @return null where what is included is nothing, and nothing has been entered
   */
  ScriptReader enter(String name, Place place) {
    if (depth == MAX_DEPTH) {
      throw place.error(
          DiagnosticCode.SCRIPT_NESTING, "INCLUDE is nested more than " + MAX_DEPTH + " deep");
    }
    InputScript.Included found = includes.open(name, directories, place);
    if (found == null) {
      return null;
    }
    depth++;
    ScriptReader in = new ScriptReader(found.file(), text(found.file(), found.bytes()));
    if (size > InputScript.MAX_SIZE) {
      throw place.error(
          DiagnosticCode.SCRIPT_NESTING,
          "the scripts that INCLUDE names have more than 16 MiB together");
    }
    return in;
  }

  /** Goes back to the script that has included the current one. */
  void leave() {
    depth--;
  }

  /** The outermost script, whose text is at hand. */
  ScriptReader start(String file, String text) {
    size += text.length();
    if (size > InputScript.MAX_SIZE) {
      throw notRecognized(file);
    }
    return new ScriptReader(file, text);
  }

  /** The outermost script. */
  ScriptReader start(String file, MemorySegment bytes) {
    return new ScriptReader(file, text(file, bytes));
  }

  private String text(String file, MemorySegment bytes) {
    size += bytes.byteSize();
    if (bytes.byteSize() > InputScript.MAX_SIZE) {
      throw notRecognized(file);
    }
    byte[] text = Bytes.of(bytes);
    for (byte b : text) {
      if (b >= 0
          && b < ' '
          && (b < '\t' || b > '\r')) { // a text has no control characters but tab to return
        throw notRecognized(file);
      }
    }
    return NameBytes.string(text);
  }

  private static LinkException notRecognized(String file) {
    return new LinkException(
        DiagnosticCode.UNKNOWN_FORMAT,
        Location.file(file),
        "file format not recognized: neither an object, an archive nor a linker script");
  }
}
