package io.jld.model;

import io.jld.link.Location;
import io.jld.symbol.LinkedObject;

/** A relocation that refers to a symbol; those of one symbol are in the order of the link. */
public record Use(int symbol, LinkedObject object, int section, long offset)
    implements Comparable<Use> {
  @Override
  public int compareTo(Use o) {
    if (object != o.object) {
      return Integer.compare(object.order(), o.object.order());
    }
    return section != o.section
        ? Integer.compare(section, o.section)
        : Long.compare(offset, o.offset);
  }

  public Location location() {
    return object.file().location(section, offset);
  }
}
