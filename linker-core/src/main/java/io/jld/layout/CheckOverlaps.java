package io.jld.layout;

import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import java.util.ArrayList;
import java.util.List;

/** Sections may not overlap, whatever addresses were asked for. */
public final class CheckOverlaps {
  /** A range of addresses; the end is exclusive. */
  private record Range(String what, long start, long end) {
    @Override
    public String toString() {
      return what + " [0x" + Long.toHexString(start) + ", 0x" + Long.toHexString(end) + ")";
    }
  }

  private CheckOverlaps() {}

  /**
   * @param headers bytes of the file's headers, which are loaded at {@code base}
   */
  static void run(Context ctxt, long base, long headers) {
    List<Range> sections = new ArrayList<>();
    if (ctxt.loadsHeaders()) {
      sections.add(new Range("the file's headers", base, base + headers));
    }
    for (OutputSection s : ctxt.outputSections) {
      if (s.isAlloc() && s.size > 0 && !s.isTbss()) {
        sections.add(new Range("section " + s.name(), s.addr, s.addr + s.size));
      }
    }
    sections.sort((a, b) -> Long.compareUnsigned(a.start(), b.start()));
    for (int i = 1; i < sections.size(); i++) {
      Range before = sections.get(i - 1);
      Range r = sections.get(i);
      if (Long.compareUnsigned(r.start(), before.end()) < 0) {
        ctxt.error(Location.NONE, r + " overlaps " + before);
      }
    }
  }
}
