package io.jld.segment;

import io.jld.model.OutputSection;
import java.util.List;

/**
 * Sections side by side that the plan marks as read only once they are relocated. Options may have
 * put some of them elsewhere, but there is one {@code PT_GNU_RELRO}: loaders know no more.
 *
 * @param in the segment that they are loaded with
 * @param first section
 * @param end address after the last one
 */
record RelroRun(MappedSegment in, OutputSection first, long end) {
  /** The run that protects most; null where there is none. */
  static RelroRun of(List<MappedSegment> segments, SegmentRules rules) {
    RelroRun best = null;
    for (MappedSegment m : segments) {
      OutputSection first = null;
      OutputSection last = null;
      for (OutputSection s : m.isLoad() ? m.sections : List.<OutputSection>of()) {
        if (s.isRelro && !s.isTbss()) {
          first = first == null ? s : first;
          last = s;
        } else if (!s.isRelro) {
          best = better(best, m, first, last, segments, rules);
          first = null;
        }
      }
      best = better(best, m, first, last, segments, rules);
    }
    return best;
  }

  private static RelroRun better(
      RelroRun best,
      MappedSegment m,
      OutputSection first,
      OutputSection last,
      List<MappedSegment> segments,
      SegmentRules rules) {
    if (first == null) {
      return best;
    }
    RelroRun run = new RelroRun(m, first, last.addr + last.size);
    long bytes = run.bytes(rules);
    return bytes > (best == null ? 0 : best.bytes(rules)) && !run.takesOthers(segments, rules)
        ? run
        : best;
  }

  /** Bytes of the pages that a loader protects: the first one wholly, the last only if it is. */
  private long bytes(SegmentRules rules) {
    long page = rules.commonPage();
    return (end & -page) - (first.addr & -page);
  }

  /** Whether something on the first page, before the run, may not be made read-only. */
  private boolean takesOthers(List<MappedSegment> segments, SegmentRules rules) {
    long start = first.addr & -rules.commonPage();
    for (MappedSegment m : segments) {
      for (OutputSection s : m.isLoad() ? m.sections : List.<OutputSection>of()) {
        if (!s.isRelro
            && (s.isWritable() || s.isCode())
            && !s.isTbss()
            && Long.compareUnsigned(s.addr, first.addr) < 0
            && Long.compareUnsigned(s.addr + s.size, start) > 0) {
          return true;
        }
      }
    }
    return false;
  }
}
