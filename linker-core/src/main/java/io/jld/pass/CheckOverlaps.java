package io.jld.pass;

import io.jld.link.Location;
import io.jld.synth.OutputSection;
import java.util.ArrayList;
import java.util.List;

/**
 * Sections may not overlap, whatever addresses were asked for; and no segment may begin on a page
 * that another one ends on, for a loader maps whole pages (gABI, "Program Loading"), and would put
 * one in the place of the other.
 */
final class CheckOverlaps {
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
   * @param page size of a page in bytes
   */
  static void run(Context ctxt, long base, long headers, long page) {
    List<Range> sections = new ArrayList<>();
    if (ctxt.isPaged()) {
      sections.add(new Range("the file's headers", base, base + headers));
    }
    for (OutputSection s : ctxt.outputSections) {
      if (s.isAlloc() && s.size > 0 && !ProgramHeaders.isTbss(s)) {
        sections.add(new Range("section " + s.name(), s.addr, s.addr + s.size));
      }
    }
    if (check(ctxt, sections, "overlaps", 1) && ctxt.isPaged()) {
      List<Range> segments = new ArrayList<>();
      for (ProgramHeaders.Header h : ProgramHeaders.make(ctxt, base)) {
        if (h.type() == io.jld.elf.Elf.PT_LOAD && h.memsz() > 0) {
          segments.add(new Range(name(ctxt, h, base), h.addr(), h.addr() + h.memsz()));
        }
      }
      check(ctxt, segments, "is on one page with", page);
    }
  }

  private static String name(Context ctxt, ProgramHeaders.Header h, long base) {
    for (OutputSection s : ctxt.outputSections) {
      if (s.isAlloc() && s.addr == h.addr() && !ProgramHeaders.isTbss(s)) {
        return "the segment of section " + s.name();
      }
    }
    return h.addr() == base ? "the segment of the file's headers" : "a segment";
  }

  /**
   * @param unit addresses in one multiple of it are the same
   */
  private static boolean check(Context ctxt, List<Range> ranges, String overlaps, long unit) {
    ranges.sort((a, b) -> Long.compareUnsigned(a.start(), b.start()));
    boolean good = true;
    for (int i = 1; i < ranges.size(); i++) {
      Range before = ranges.get(i - 1);
      Range r = ranges.get(i);
      long end = AssignAddresses.align(before.end(), unit);
      if (Long.compareUnsigned(r.start() & -unit, end) < 0) {
        ctxt.error(Location.NONE, r + " " + overlaps + " " + before);
        good = false;
      }
    }
    return good;
  }
}
