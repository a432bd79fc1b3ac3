package io.jld.model;

import io.jld.input.ObjectFile;
import io.jld.link.Location;

/** A relocation that refers to a symbol; those of one symbol are in the order of the link. */
public record Use(int symbol, ObjectFile file, int section, long offset)
    implements Comparable<Use> {
  @Override
  public int compareTo(Use o) {
    if (file != o.file) {
      return Integer.compare(file.order(), o.file.order());
    }
    return section != o.section
        ? Integer.compare(section, o.section)
        : Long.compare(offset, o.offset);
  }

  public Location location() {
    return file.location(section, offset);
  }
}
