package tern.lang;

/** A source file. Its name stands in messages, in the object and in the debug information. */
public record Source(String name, String text) {
  /** A place in it, both counted from 1. */
  public record Place(Source source, int line, int column) implements Comparable<Place> {
    @Override
    public int compareTo(Place o) {
      int c = source.name.compareTo(o.source.name);
      c = c != 0 ? c : Integer.compare(line, o.line);
      return c != 0 ? c : Integer.compare(column, o.column);
    }

    @Override
    public String toString() {
      return source.name + ":" + line + ":" + column;
    }
  }
}
