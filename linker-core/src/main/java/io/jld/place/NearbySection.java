package io.jld.place;

/**
 * The section that a symbol belongs to when its own is dropped because it is empty: the one before
 * or the one after it in the file, whichever would be in the same segment. The rules are GNU ld's.
 */
final class NearbySection {
  private NearbySection() {}

  /**
   * @param before the last section before it that is not dropped; null for none
   * @param next the first one after it; null for none
   * @param addr the symbol's address
   * @return null where there is no section
   */
  static PlanSection choose(PlanSection before, PlanSection next, PlanSection dropped, long addr) {
    if (before == null || next == null) {
      return before == null ? next : before;
    }
    return isBefore(before.traits(), next.traits(), dropped.traits())
            || (isAlike(before.traits(), next.traits())
                && Long.compareUnsigned(addr, next.out.addr) < 0)
        ? before
        : next;
  }

  private static boolean isAlike(int before, int next) {
    int all = Traits.ALLOC | Traits.TLS | Traits.LOAD | Traits.READONLY | Traits.CODE;
    return ((before ^ next) & all) == 0;
  }

  private static boolean isBefore(int before, int next, int own) {
    int differ = before ^ next;
    if ((differ & (Traits.ALLOC | Traits.TLS | Traits.LOAD)) != 0) {
      return ((next ^ own) & (Traits.ALLOC | Traits.TLS)) != 0
          || ((before & Traits.LOAD) != 0 && (next & Traits.LOAD) == 0);
    }
    if ((differ & Traits.READONLY) != 0) {
      return ((next ^ own) & Traits.READONLY) != 0;
    }
    return (differ & Traits.CODE) != 0 && ((next ^ own) & Traits.CODE) != 0;
  }
}
