package io.jld.layout;

/**
 * {@code DATA_SEGMENT_ALIGN}, {@code DATA_SEGMENT_RELRO_END} and {@code DATA_SEGMENT_END}: where
 * the data begin such that they take few pages, and that what becomes read-only ends with a page
 * (GNU ld's manual, "Builtin Functions"). What lies between them is known when a round is over; the
 * next one makes use of it.
 */
final class DataSegment {
  private final boolean relro;
  private long maxPage;
  private long commonPage;

  /** Where the segment would begin without a shift, and where it does. */
  private long plain;

  private long base;

  /** What the last round has found; -1 where there is nothing. */
  private long relroEnd = -1;

  private long end = -1;

  /** How much later it begins so that the read-only part ends with a page. */
  private long shift;

  /** Whether it begins with a page of its own, which saves one at the end. */
  private boolean onNewPage;

  private boolean settled;

  /**
   * @param relro {@code -z relro}
   */
  DataSegment(boolean relro) {
    this.relro = relro;
  }

  long align(long counter, long max, long common) {
    maxPage = Math.max(1, max);
    commonPage = Math.max(1, common);
    long aligned = (counter + maxPage - 1) & -maxPage;
    if (onNewPage) {
      plain = aligned;
      if (commonPage < maxPage) {
        plain += (counter + commonPage - 1) & (maxPage - commonPage);
      }
    } else {
      plain = aligned + (counter & (maxPage - 1));
    }
    base = plain + shift;
    return base;
  }

  /** The end of what becomes read-only is {@code address + offset}. */
  long relroEnd(long offset, long address) {
    relroEnd = address + offset;
    if (!relro || commonPage == 0) {
      return address;
    }
    long padded = (relroEnd + commonPage - 1) & -commonPage;
    if (settled) {
      relroEnd = padded;
      return padded - offset;
    }
    return address;
  }

  void end(long address) {
    end = address;
  }

  /** Whether the script has all three, or at least the first and the last. */
  boolean isUsed() {
    return maxPage != 0;
  }

  /**
   * What becomes read-only, or null.
   *
   * @return start and end
   */
  long[] relro() {
    return relro && relroEnd >= 0 && relroEnd > base ? new long[] {base, relroEnd} : null;
  }

  /**
   * Decides, once the sizes are known, where the segment begins.
   *
   * @return whether another round is needed
   */
  boolean settle() {
    if (settled || !isUsed()) {
      return false;
    }
    settled = true;
    if (relro && relroEnd >= 0) {
      shift = -relroEnd & (commonPage - 1);
      return true;
    }
    if (end >= 0) {
      long first = -base & (commonPage - 1);
      long last = end & (commonPage - 1);
      if (first != 0
          && last != 0
          && (base & -commonPage) != (end & -commonPage)
          && first + last <= commonPage) {
        onNewPage = true;
        return true;
      }
    }
    return false;
  }
}
