package io.jld.layout;

import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.segment.PlanMessages;
import io.jld.segment.SegmentRank;
import java.util.Comparator;
import java.util.List;

/**
 * {@code --oformat binary}: the bytes of memory from the lowest address that has content to the
 * highest, and nothing else: no headers, no symbols, no sections that are not loaded; gaps are
 * zeros. For boot loaders, kernels, ROMs.
 *
 * <p>Sections are placed as GNU ld's script does it where the headers take no room: code before
 * read-only data, data on a page of its own.
 */
public final class BinaryOutput {
  /** Rank of read-only data after the code; notes and what the loader reads stay in front of it. */
  private static final int BEHIND_TEXT = SegmentRank.TEXT + 50;

  private static final int FIRST_DATA = 20;

  private BinaryOutput() {}

  /**
   * @throws LinkException where another format is asked for that is not the architecture's own
   */
  public static boolean isWanted(Context ctxt) {
    String format = ctxt.outputFormat();
    if (format.isEmpty() || ctxt.arch().info().outputFormats().contains(format)) {
      return false;
    }
    if (!format.equals("binary")) {
      throw new LinkException(Location.NONE, "output format '" + format + "' is not supported");
    }
    return true;
  }

  /** The rank of a read-only section, given its place among those. */
  static int readOnlyRank(int place) {
    return place < FIRST_DATA ? SegmentRank.RODATA + place : BEHIND_TEXT + place;
  }

  /**
   * Gives sections their addresses and offsets, in whose order they stand afterwards; what is not
   * loaded is left out.
   *
   * @param base address of the first section
   * @return size of the file in bytes
   */
  static long place(Context ctxt, long base, long page) {
    List<OutputSection> sections = ctxt.outputSections;
    assignAddresses(ctxt, base, page);
    for (OutputSection s : sections) {
      s.loadAddr = s.addr;
    }
    return placeLoaded(sections);
  }

  /**
   * Gives sections that have load addresses their offsets: the file is what lies from the lowest of
   * them that has content to the end of the highest. Sections that are not loaded are removed, the
   * others put into the order of the file.
   *
   * @return size of the file in bytes
   */
  public static long placeLoaded(List<OutputSection> sections) {
    sections.removeIf(s -> !s.isAlloc());
    sections.sort(Comparator.comparing((OutputSection s) -> s.loadAddr, Long::compareUnsigned));
    long size = 0;
    OutputSection first = null;
    OutputSection before = null;
    for (OutputSection s : sections) {
      if (s.length() == 0) {
        s.offset = size;
        continue;
      }
      first = first == null ? s : first;
      s.offset = s.loadAddr - first.loadAddr;
      long end = s.offset + s.length();
      if (s.offset >= 0 && s.offset < size) {
        throw PlanMessages.failure(
            s.place, "section " + s.name() + " overlaps section " + before.name());
      }
      if (s.offset < 0 || end < 0) {
        throw PlanMessages.failure(
            s.place,
            "section " + s.name() + " is too far from section " + first.name() + " for one file");
      }
      size = end;
      before = s;
    }
    return size;
  }

  private static void assignAddresses(Context ctxt, long base, long page) {
    boolean separate = ctxt.option(LinkOption.SEPARATE_CODE) && ctxt.isPaged();
    boolean omagic = ctxt.option(LinkOption.MAGIC) == LinkOption.Magic.OMAGIC;
    long addr = base;
    long tbssEnd = base;
    int group = 0;
    for (OutputSection s : ctxt.outputSections) {
      int next =
          s.rank >= SegmentRank.RELRO
              ? 3
              : s.rank >= BEHIND_TEXT ? 2 : s.rank >= SegmentRank.TEXT ? 1 : 0;
      if (omagic) {
        // no pages
      } else if (next == 3 && group < 3) {
        addr = ElfClass.align(addr, page) + (addr & (page - 1)); // DATA_SEGMENT_ALIGN
      } else if (next != group && separate) {
        addr = ElfClass.align(addr, page);
      }
      group = next;
      Long asked = ctxt.option(LinkOption.SECTION_START).get(s.name());
      if (s.isTbss()) {
        s.addr = ElfClass.align(asked != null ? asked : Math.max(addr, tbssEnd), s.align());
        tbssEnd = s.addr + s.size;
        continue;
      }
      s.addr = ElfClass.align(asked != null ? asked : addr, s.align());
      addr = s.addr + s.size;
    }
  }

  /** Zeros between the sections. */
  public static void fillGaps(Context ctxt) {
    long at = 0;
    for (OutputSection s : ctxt.outputSections) {
      if (s.length() == 0) {
        continue;
      }
      if (s.offset > at) {
        ctxt.out().seekSet(at);
        ctxt.out().writeSym(null, s.offset - at).fill((byte) 0);
      }
      at = s.offset + s.length();
    }
  }
}
