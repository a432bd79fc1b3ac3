package io.jld.input;

/**
 * Which of an object's sections are ordered by which (gABI, {@code SHF_LINK_ORDER}): each section
 * that others are ordered by has a chain of these, in the order of the file.
 */
final class SectionOrder {
  /** By section: the first one that is ordered by it. */
  private final int[] first;

  /** By section: the next one that is ordered by the same. */
  private final int[] next;

  private final ObjectFile file;

  SectionOrder(ObjectFile file) {
    this.file = file;
    int n = file.sectionCount();
    first = new int[n];
    next = new int[n];
    for (int i = n - 1; i > 0; i--) {
      int link = file.orderedBy(i);
      if (link != 0) {
        next[i] = first[link];
        first[link] = i;
      }
    }
  }

  int first(int section) {
    return first[section];
  }

  int next(int section) {
    return next[section];
  }

  /** {@link ObjectFile#nextOrderedBelow}. */
  int nextBelow(int root, int at) {
    int below = except(root, first[at]);
    for (int up = at; below == 0 && up != root; up = file.link(up)) {
      below = except(root, next[up]);
    }
    return below;
  }

  private int except(int root, int section) {
    return section == root ? next[section] : section;
  }
}
