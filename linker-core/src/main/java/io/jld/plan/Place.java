package io.jld.plan;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;

/**
 * Where something that people have written stands, for messages. Places are equal if they have the
 * same file, line and column.
 */
public final class Place {
  /** How much of a line is shown at most: before the column, and after it. */
  private static final int SHOWN = 60;

  private final String file;
  private final int line;
  private final int column;

  /** The whole text, from which a message shows the line; null where it is not known. */
  private final String text;

  /** Where the place is in the text. */
  private final int offset;

  private Place(String file, int line, int column, String text, int offset) {
    this.file = file;
    this.line = line;
    this.column = column;
    this.text = text;
    this.offset = offset;
  }

  /**
   * A place in a script.
   *
   * @param line from 1
   * @param column from 1, in characters
   * @param text the script
   * @param offset of the place in {@code text}
   */
  public static Place of(String file, int line, int column, String text, int offset) {
    return new Place(file, line, column, text, offset);
  }

  /** As {@link #of(String, int, int, String, int)} where the script's text is not at hand. */
  public static Place of(String file, int line, int column) {
    return new Place(file, line, column, null, 0);
  }

  /** A place on the command line: {@code --defsym=end}. */
  public static Place option(String option) {
    return new Place(option, 0, 0, null, 0);
  }

  /** A place in what the linker says itself: a built-in layout. */
  public static Place builtIn(String name) {
    return new Place(name, 0, -1, null, 0);
  }

  /** Whether nobody has written it: it is of a built-in layout. */
  public boolean isBuiltIn() {
    return column < 0;
  }

  /** A script's name, or an option where {@link #line} is 0. */
  public String file() {
    return file;
  }

  /** From 1. */
  public int line() {
    return line;
  }

  /** From 1. */
  public int column() {
    return column;
  }

  public Location location() {
    return line == 0 ? Location.NONE : Location.file(this.toString());
  }

  /** What a message about this place says: where there is no location, it begins with it. */
  public String message(String message) {
    return line == 0 ? file + ": " + message : message + shown();
  }

  public LinkException error(DiagnosticCode code, String message) {
    return new LinkException(code, location(), message(message));
  }

  /** The line and a caret below the place, as lines of a message; empty where it is not known. */
  private String shown() {
    if (text == null) {
      return "";
    }
    int start = Math.max(offset - column + 1, offset - SHOWN);
    int end = text.indexOf('\n', offset);
    end = Math.min(end < 0 ? text.length() : end, offset + SHOWN);
    if (text.substring(start, end).isBlank()) {
      return "";
    }
    StringBuilder s = new StringBuilder("\n>>> ");
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean odd = c < ' ' || (c >= 0x7f && c < 0xa0);
      s.append(c == '\t' || c == '\r' ? ' ' : odd ? '?' : c);
    }
    while (s.charAt(s.length() - 1) == ' ') {
      s.setLength(s.length() - 1);
    }
    return s.append("\n>>> ").append(" ".repeat(offset - start)).append('^').toString();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Place p && file.equals(p.file) && line == p.line && column == p.column;
  }

  @Override
  public int hashCode() {
    return (file.hashCode() * 31 + line) * 31 + column;
  }

  /** {@code FILE:LINE:COLUMN}. */
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
