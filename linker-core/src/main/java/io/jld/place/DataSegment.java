package io.jld.place;

import io.jld.model.OutputSection;
import java.util.List;

/**
 * {@code DATA_SEGMENT_ALIGN}, {@code DATA_SEGMENT_RELRO_END} and {@code DATA_SEGMENT_END}: where
 * the data begin such that they take few pages, and that what becomes read-only ends with a page
 * (GNU ld's manual, "Builtin Functions"). What lies between them is known when a round is over; the
 * next one makes use of it. The rules are GNU ld's.
 */
final class DataSegment {
  /** What has been seen in this round, or has been decided. */
  private enum Phase {
    NOTHING,
    BEGUN,
    RELRO_ENDED,
    ENDED,
    /** It begins so that the read-only part ends with a page. */
    RELRO,
    /** It begins with a page of its own, which saves one at the end. */
    NEW_PAGE,
    DONE
  }

  private final boolean relro;
  private Phase phase = Phase.NOTHING;
  private long commonPage = 1;
  private long base;
  private long relroEnd;
  private long relroOffset;
  private long end;

  /** Where the read-only part would end if nothing were in the way. */
  private long wanted;

  /** Where the data would begin without it. */
  private long plainBase;

  /**
   * @param relro {@code -z relro}, and there is something between the two places
   */
  DataSegment(boolean relro) {
    this.relro = relro;
  }

  /** Whether anything is read only once it is relocated. */
  boolean hasRelro() {
    return relro;
  }

  /** Nothing is known yet. */
  void restart() {
    phase = Phase.NOTHING;
    relroEnd = 0;
  }

  /** A new round begins, which is to find out what the last one did; or to do what is decided. */
  void begin() {
    if (phase != Phase.RELRO && phase != Phase.NEW_PAGE && phase != Phase.DONE) {
      restart();
    }
  }

  long align(long counter, long max, long common) {
    long maxPage = Math.max(1, max);
    long aligned = counter + maxPage - 1 & -maxPage;
    switch (phase) {
      case RELRO -> {
        return base;
      }
      case NEW_PAGE -> {
        return common < maxPage ? aligned + (counter + common - 1 & maxPage - common) : aligned;
      }
      default -> {
        long at = relro ? aligned : aligned + (counter & maxPage - 1);
        if (phase == Phase.NOTHING) {
          phase = Phase.BEGUN;
          base = at;
          commonPage = Math.max(1, common);
          relroEnd = 0;
        }
        return at;
      }
    }
  }

  /** The end of what becomes read-only is {@code address + offset}. */
  long relroEnd(long offset, long address) {
    relroOffset = offset;
    if (phase == Phase.BEGUN || phase == Phase.RELRO) {
      relroEnd = address + offset;
    }
    if (phase == Phase.RELRO && (relroEnd & commonPage - 1) != 0) {
      relroEnd = relroEnd + commonPage - 1 & -commonPage;
      return relroEnd - offset;
    }
    phase = phase == Phase.BEGUN ? Phase.RELRO_ENDED : phase;
    return address;
  }

  void end(long address) {
    if (phase == Phase.BEGUN || phase == Phase.RELRO_ENDED) {
      phase = Phase.ENDED;
      end = address;
    }
  }

  /**
   * What becomes read-only, or null.
   *
   * @return start and end
   */
  long[] relro() {
    return relro && relroEnd != 0 && relroEnd > base ? new long[] {base, relroEnd} : null;
  }

  /**
   * Decides, once the sizes are known, where the segment begins.
   *
   * @param sections in the order of the file, with their addresses
   * @return whether another round is needed
   */
  boolean settle(List<OutputSection> sections) {
    if (phase == Phase.RELRO) {
      if (Long.compareUnsigned(relroEnd, wanted) > 0 && base != plainBase) {
        base = plainBase; // what the script says of addresses is in the way
        return true;
      }
      return false;
    }
    if (phase != Phase.ENDED) {
      phase = phase == Phase.NEW_PAGE ? phase : Phase.DONE;
      return false;
    }
    if (relro && relroEnd != 0) {
      plainBase = base;
      wanted = relroEnd + commonPage - 1 & -commonPage;
      base = beginFor(sections);
      phase = Phase.RELRO;
      return true;
    }
    long first = -base & commonPage - 1;
    long last = end & commonPage - 1;
    boolean saves =
        first != 0
            && last != 0
            && (base & -commonPage) != (end & -commonPage)
            && first + last <= commonPage;
    phase = saves ? Phase.NEW_PAGE : Phase.DONE;
    return saves;
  }

  /** Where the first of them begins if each ends where the next one begins. */
  private long beginFor(List<OutputSection> sections) {
    long ends = wanted - relroOffset;
    for (int i = sections.size() - 1; i >= 0; i--) {
      OutputSection s = sections.get(i);
      if (s.isAlloc()
          && Long.compareUnsigned(s.addr, base) >= 0
          && Long.compareUnsigned(s.addr, relroEnd - relroOffset) < 0) {
        long size = s.isTbss() ? 0 : s.size;
        ends = ends - size & -s.align();
      }
    }
    return ends;
  }
}
