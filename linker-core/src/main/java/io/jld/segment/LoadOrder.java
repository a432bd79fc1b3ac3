package io.jld.segment;

import io.jld.model.OutputSection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The order of sections in a segment: that of load addresses. */
final class LoadOrder {
  private LoadOrder() {}

  /** In their new order; those that nothing tells apart stay in the order they have. */
  static List<OutputSection> sorted(Collection<OutputSection> sections) {
    List<OutputSection> sorted = new ArrayList<>(sections);
    sorted.sort(LoadOrder::compare);
    return sorted;
  }

  private static int compare(OutputSection a, OutputSection b) {
    if (a.loadAddr != b.loadAddr) {
      return Long.compareUnsigned(a.loadAddr, b.loadAddr);
    }
    if (a.addr != b.addr) {
      return Long.compareUnsigned(a.addr, b.addr);
    }
    if (isZeros(a) != isZeros(b)) {
      return isZeros(a) ? 1 : -1;
    }
    return Long.compare(a.length(), b.length()); // what is empty stands first
  }

  /** Whether a segment has room for it in memory but not in the file. */
  static boolean isZeros(OutputSection s) {
    return s.isNobits() && !s.isTls();
  }
}
