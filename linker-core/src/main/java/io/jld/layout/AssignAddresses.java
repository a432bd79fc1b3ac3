package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.asmb.Segment;
import io.jld.dynamic.LoaderTables;
import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.model.Layout;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.place.MemoryUsage;
import io.jld.reloc.OutputSyms;
import io.jld.segment.ProgramHeaders;
import io.jld.segment.ScriptOverlaps;
import io.jld.segment.SegmentRank;
import io.jld.symbol.SectionTable;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives each section its size, address and place in the file. Addresses and file offsets are
 * congruent modulo the page size (gABI, "Program Loading"); each segment starts on a page of its
 * own, and with {@code -z separate-code} the code shares no page of the file with anything else
 * either.
 */
public final class AssignAddresses {
  private final Context ctxt;
  private final long page;
  private long addr;
  private long off;

  /** Whether the section that {@code -Trodata-segment} is for has been met. */
  private boolean rodataPlaced;

  /** Where the zeros of the TLS segment that have been placed end. */
  private long tbssEnd;

  private AssignAddresses(Context ctxt) {
    this.ctxt = ctxt;
    this.page = ProgramHeaders.maxPageSize(ctxt);
  }

  public static void run(Context ctxt) {
    if (ctxt.isScripted) {
      PlanLayout.run(ctxt);
      return;
    }
    if (ctxt.option(LinkOption.PRINT_MEMORY_USAGE)) {
      MemoryUsage.print(ctxt, List.of());
    }
    SymbolValues.start(ctxt);
    ctxt.tasks().forEach(ctxt.outputSections.size(), i -> layOut(ctxt, ctxt.outputSections.get(i)));
    long base = imageBase(ctxt);
    AssignAddresses a = new AssignAddresses(ctxt);
    a.raiseTlsAlign();
    a.place(base);
    while (!LoaderTables.of(ctxt).relrDyn().fits(ctxt)) {
      ctxt.tasks()
          .forEach(ctxt.outputSections.size(), i -> layOut(ctxt, ctxt.outputSections.get(i)));
      a = new AssignAddresses(ctxt);
      a.place(base);
    }
    ctxt.layout = layout(ctxt, base, a.off);
  }

  private void place(long base) {
    if (BinaryOutput.isWanted(ctxt)) {
      off = BinaryOutput.place(ctxt, base, page);
    } else {
      placeLoaded(base);
      placeDebug();
    }
    ctxt.tasks().forEach(ctxt.outputSections.size(), i -> move(ctxt, ctxt.outputSections.get(i)));
  }

  /**
   * Places what is loaded. How many headers the file has is known when it is done: a section that
   * is put far away makes one more.
   */
  private void placeLoaded(long base) {
    int headers = 0;
    for (int n = ProgramHeaders.make(ctxt, base).size();
        n > headers;
        n = ProgramHeaders.make(ctxt, base).size()) {
      headers = n;
      place(base, headers);
      sharePages(base, headers);
    }
    CheckOverlaps.run(ctxt, base, ProgramHeaders.headerSize(ctxt, headers));
  }

  private static long imageBase(Context ctxt) {
    long page = ProgramHeaders.maxPageSize(ctxt);
    Long asked = ctxt.option(LinkOption.IMAGE_BASE);
    if (asked != null) {
      if ((asked & (page - 1)) != 0) {
        ctxt.error(
            Location.NONE,
            "image base 0x"
                + Long.toHexString(asked)
                + " is not a multiple of the page size "
                + page);
      }
      return asked;
    }
    return ctxt.kind() == OutputKind.EXECUTABLE ? ctxt.arch().info().imageBase() & -page : 0;
  }

  /** Offsets of the items in their section. */
  static void layOut(Context ctxt, OutputSection s) {
    long at = 0;
    for (int i = 0; i < s.itemCount(); i++) {
      at = layOut(ctxt, s, s.item(i), at);
      if (at < 0 || at > 1L << 62) {
        throw new LinkException(Location.NONE, "section " + s.name() + " is too large");
      }
    }
    s.size = at;
  }

  /** Places an item after {@code at}; gives its end. */
  private static long layOut(Context ctxt, OutputSection s, int item, long at) {
    if (item < 0) {
      Synthetic y = s.synthetic(item);
      s.raiseAlign(y.align());
      y.setAddr(ElfClass.align(at, y.align()));
      return y.addr() + y.size();
    }
    SectionTable sections = ctxt.sections;
    sections.addr[item] = ElfClass.align(at, ctxt.alignOf(item));
    return sections.addr[item] + sections.size[item];
  }

  /** Items' offsets become addresses. */
  private static void move(Context ctxt, OutputSection s) {
    s.loadAddr = s.addr;
    s.moveItems(ctxt.sections, s.addr);
  }

  /**
   * The TLS segment's address is a multiple of its alignment, so that offsets in it are those in
   * the TLS block.
   */
  private void raiseTlsAlign() {
    OutputSection first = null;
    long strictest = 1;
    for (OutputSection s : ctxt.outputSections) {
      if (s.isAlloc() && s.isTls()) {
        first = first == null ? s : first;
        strictest = Math.max(strictest, s.align());
      }
    }
    if (first != null) {
      first.raiseAlign(strictest);
    }
  }

  private void place(long base, int headers) {
    rodataPlaced = false;
    tbssEnd = base;
    off = ProgramHeaders.headerSize(ctxt, headers);
    addr = base + off;
    int segment = SegmentRank.RODATA;
    for (OutputSection s : ctxt.outputSections) {
      if (!s.isAlloc()) {
        continue;
      }
      int next = SegmentRank.of(s);
      if (next != segment) {
        startSegment(segment, next);
        segment = next;
      }
      placeAt(s);
    }
  }

  private void startSegment(int from, int to) {
    if (!ctxt.isPaged()) {
      if (ctxt.option(LinkOption.MAGIC) == LinkOption.Magic.NMAGIC && to == SegmentRank.DATA) {
        long start = ElfClass.align(addr, page);
        off += start - addr;
        addr = start;
      }
      return;
    }
    if (ctxt.option(LinkOption.SEPARATE_CODE)
        && (from == SegmentRank.TEXT || to == SegmentRank.TEXT)) {
      off = ElfClass.align(off, page);
    }
    long a = ProgramHeaders.segmentAlign(ctxt, to, page);
    addr = ElfClass.align(addr, a) + (off & (a - 1));
  }

  private void placeAt(OutputSection s) {
    Long asked = asked(s);
    s.startsLoad = false;
    if (asked != null) {
      // a small gap is filled; what is put elsewhere is a segment of its own, congruent again
      s.startsLoad = asked - addr < 0 || asked - addr >= page;
      long a = ctxt.isPaged() ? ProgramHeaders.segmentAlign(ctxt, SegmentRank.of(s), page) : page;
      off += (asked - off) & (a - 1);
      addr = asked;
    }
    if (s.isTbss()) {
      // takes no space, since each thread has its own; the next one of the kind comes after it, and
      // what follows not before it: tools sort by address
      s.offset = off;
      if (tbssEnd <= addr) {
        off += ElfClass.align(addr, s.align()) - addr;
        addr = ElfClass.align(addr, s.align());
      }
      s.addr = ElfClass.align(Math.max(addr, tbssEnd), s.align());
      tbssEnd = s.addr + s.size;
      return;
    }
    long start = ElfClass.align(addr, s.align());
    RelroPadding padding = RelroPadding.of(ctxt);
    if (s == padding.out()) {
      long from = start + padding.addr();
      padding.fill(endOfRelro(from) - from);
    }
    if (!s.isNobits()) {
      off += start - addr;
    }
    s.addr = start;
    s.offset = off;
    addr = start + s.size;
    if (!s.isNobits()) {
      off += s.size;
    } else if (s == padding.out()) {
      // the page is whole in the file too: no offset is in the range of two segments
      off += (addr - off) & (ProgramHeaders.commonPageSize(ctxt) - 1);
    }
  }

  /**
   * Where addresses were asked for that are on one page: in the file, too, they have to stand as in
   * memory. The addresses stay, and all that is loaded gets a new place in the file.
   */
  private void sharePages(long base, int headers) {
    List<ProgramHeaders.Load> loads = ProgramHeaders.loads(ctxt, base, headers);
    if (loads.stream().allMatch(l -> l.parts() == 1)) {
      return;
    }
    off = ProgramHeaders.headerSize(ctxt, headers);
    for (ProgramHeaders.Load l : loads) {
      if (l.header().offset() == 0) {
        sharePages(l, 0); // with the file's headers
      }
    }
    for (ProgramHeaders.Load l : loads) {
      if (l.header().offset() != 0) {
        off = ctxt.option(LinkOption.SEPARATE_CODE) ? ElfClass.align(off, page) : off;
        long a = Math.max(page, l.header().align());
        sharePages(l, off + ((l.header().addr() - off) & (a - 1)));
      }
    }
    OutputSection before = null;
    for (OutputSection s : ctxt.outputSections) {
      if (before != null && s.isTbss()) {
        s.offset = before.offset + before.length();
      }
      before = s;
    }
  }

  /**
   * @param start file offset of the segment's first byte
   */
  private void sharePages(ProgramHeaders.Load load, long start) {
    long first = load.header().addr();
    long end = start;
    for (OutputSection s : load.sections()) {
      s.offset = start + s.addr - first;
      end = s.isNobits() ? end : Math.max(end, s.offset + s.size);
    }
    for (OutputSection s : load.sections()) {
      s.offset = Math.min(s.offset, end); // zeros at the end are not in the file
    }
    off = Math.max(off, end);
  }

  /**
   * The end of the page, which RELRO has for itself; or of what lies before a section that was put
   * there.
   */
  private long endOfRelro(long from) {
    long end = ElfClass.align(from, ProgramHeaders.commonPageSize(ctxt));
    for (long asked : ctxt.option(LinkOption.SECTION_START).values()) {
      end = asked >= from && asked < end ? asked : end;
    }
    return end;
  }

  /** The address that options give a section; null where they give none. */
  private Long asked(OutputSection s) {
    Long asked = ctxt.option(LinkOption.SECTION_START).get(s.name());
    Long rodata = ctxt.option(LinkOption.RODATA_SEGMENT);
    if (rodata != null && !rodataPlaced && SortSections.isRodata(s)) {
      rodataPlaced = true;
      asked = asked == null ? rodata : asked;
    }
    if (asked != null && s.isTbss()) {
      ctxt.error(Location.NONE, "section " + s.name() + " has no address: each thread has its own");
    }
    return asked;
  }

  /** Sections that are not loaded have no address; here their file offset stands for it. */
  private void placeDebug() {
    for (OutputSection s : ctxt.outputSections) {
      if (!s.isAlloc()) {
        off = ElfClass.align(off, s.align());
        s.addr = off;
        s.offset = off;
        off += s.length();
      }
    }
  }

  /** Sections that are not loaded have got shorter: moves all of them together. */
  public static void placeDebugAgain(Context ctxt) {
    AssignAddresses a = new AssignAddresses(ctxt);
    long[] was = new long[ctxt.outputSections.size()];
    a.off = Long.MAX_VALUE;
    for (int i = 0; i < was.length; i++) {
      OutputSection s = ctxt.outputSections.get(i);
      was[i] = s.addr;
      a.off = s.isAlloc() ? a.off : Math.min(a.off, s.offset);
    }
    a.placeDebug();
    for (int i = 0; i < was.length; i++) {
      OutputSection s = ctxt.outputSections.get(i);
      s.moveItems(ctxt.sections, s.addr - was[i]);
    }
    ctxt.layout = layout(ctxt, ctxt.layout.base(), a.off);
  }

  /**
   * The layout, once all sections have their places.
   *
   * @param base address of the file's first byte
   * @param size of the file's sections in bytes
   */
  static Layout layout(Context ctxt, long base, long size) {
    long limit = ctxt.elf.is64() ? Long.MAX_VALUE : 1L << 32;
    long tlsBegin = 0;
    long tlsSize = 0;
    long tlsAlign = 1;
    for (OutputSection s : ctxt.outputSections) {
      boolean wraps = s.addr < 0 ? !ctxt.isScripted || s.addr + s.size > 0 : s.addr + s.size < 0;
      if (s.isAlloc() && (wraps || s.addr + s.size > limit)) {
        ctxt.error(Location.NONE, "section " + s.name() + " does not fit into the address space");
      }
      if (s.isAlloc() && s.isTls()) {
        tlsBegin = tlsSize == 0 && tlsBegin == 0 ? s.addr : tlsBegin;
        tlsSize = s.addr + s.size - tlsBegin;
        tlsAlign = Math.max(tlsAlign, s.align());
      }
    }
    if (ctxt.isScripted) {
      ScriptOverlaps.shift(ctxt.outputSections);
    }
    return new Layout(
        new OutputSyms(ctxt, with(ctxt, s -> s.isAlloc() && s.isCode())),
        new OutputSyms(ctxt, with(ctxt, s -> s.isAlloc() && !s.isCode())),
        new OutputSyms(ctxt, with(ctxt, s -> !s.isAlloc())),
        segment(ctxt, "Segtext", SegmentRank.TEXT),
        segment(ctxt, "Segrodata", SegmentRank.RODATA),
        segment(ctxt, "Segrelrodata", SegmentRank.RELRO),
        segment(ctxt, "Segdata", SegmentRank.DATA),
        segment(ctxt, "Segdwarf", SegmentRank.DEBUG),
        base,
        tlsBegin,
        tlsBegin + ElfClass.align(tlsSize, tlsAlign),
        size);
  }

  private static List<OutputSection> with(
      Context ctxt, java.util.function.Predicate<OutputSection> which) {
    List<OutputSection> found = new ArrayList<>();
    for (OutputSection s : ctxt.outputSections) {
      if (s.length() > 0 && which.test(s)) {
        found.add(s);
      }
    }
    found.sort(
        (a, b) ->
            Long.compareUnsigned(a.vaddr(), b.vaddr())); // --section-start may have changed it
    return found;
  }

  private static Segment segment(Context ctxt, String name, int rank) {
    return new Segment(name, new ArrayList<>(with(ctxt, s -> SegmentRank.of(s) == rank)));
  }
}
