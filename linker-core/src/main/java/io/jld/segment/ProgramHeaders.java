package io.jld.segment;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The program headers (gABI, chapter 5). They are made twice: before the layout, because their
 * number decides where the first section lies, and after it with the addresses.
 */
public final class ProgramHeaders {
  /**
   * One header; addresses and sizes in bytes.
   *
   * @param loadAddr {@code p_paddr}
   */
  public record Header(
      int type,
      int flags,
      long offset,
      long addr,
      long loadAddr,
      long filesz,
      long memsz,
      long align) {
    /** Of a segment that is loaded where it runs. */
    public Header(
        int type, int flags, long offset, long addr, long filesz, long memsz, long align) {
      this(type, flags, offset, addr, addr, filesz, memsz, align);
    }
  }

  /**
   * A segment that is loaded.
   *
   * @param sections what is in it
   * @param parts how many segments it would be if none of them shared a page
   */
  public record Load(Header header, List<OutputSection> sections, int parts) {}

  private final Context ctxt;
  private final List<OutputSection> alloc = new ArrayList<>();
  private final List<Header> headers = new ArrayList<>();
  private final long page;
  private final long base;
  private long headerSize;

  /** The segment that is read only once it is relocated; null where there is none. */
  private Header relro;

  private ProgramHeaders(Context ctxt, long base) {
    this.ctxt = ctxt;
    this.base = base;
    this.page = maxPageSize(ctxt);
    for (OutputSection s : ctxt.outputSections) {
      if (s.isAlloc()) {
        alloc.add(s);
      }
    }
  }

  public static long maxPageSize(Context ctxt) {
    long asked = ctxt.option(LinkOption.MAX_PAGE_SIZE);
    return asked != 0 ? asked : ctxt.arch().info().maxPageSize();
  }

  public static long commonPageSize(Context ctxt) {
    long asked = ctxt.option(LinkOption.COMMON_PAGE_SIZE);
    return asked != 0 ? asked : Math.min(ctxt.arch().info().commonPageSize(), maxPageSize(ctxt));
  }

  /** The alignment of a segment: a page, or what its sections ask for beyond that. */
  public static long segmentAlign(Context ctxt, int segment, long page) {
    long a = page;
    for (OutputSection s : ctxt.outputSections) {
      if (s.isAlloc() && SegmentRank.of(s) == segment) {
        a = Math.max(a, s.align());
      }
    }
    return a;
  }

  /**
   * @param base address of the file's first byte
   */
  public static List<Header> make(Context ctxt, long base) {
    if (ctxt.isScripted) {
      SegmentMap segments = ctxt.find(SegmentMap.class);
      if (segments != null) {
        return segments.headers();
      }
    }
    ProgramHeaders p = new ProgramHeaders(ctxt, base);
    int n = p.headers().size();
    p.headers.clear();
    p.headerSize = headerSize(ctxt, n);
    return p.headers();
  }

  /**
   * The segments that are loaded, in the order of their addresses.
   *
   * @param n number of program headers
   */
  public static List<Load> loads(Context ctxt, long base, int n) {
    ProgramHeaders p = new ProgramHeaders(ctxt, base);
    p.headerSize = headerSize(ctxt, n);
    return p.loads();
  }

  /** Bytes of the file header and {@code n} program headers. */
  public static long headerSize(Context ctxt, int n) {
    return ctxt.elf.ehdrSize + (long) n * ctxt.elf.phdrSize;
  }

  private List<Header> headers() {
    OutputSection interp = ctxt.outputSection(".interp");
    if (interp != null) {
      long size = headerSize - ctxt.elf.ehdrSize;
      headers.add(
          new Header(
              PT_PHDR,
              PF_R,
              ctxt.elf.ehdrSize,
              base + ctxt.elf.ehdrSize,
              size,
              size,
              ctxt.elf.wordSize));
    }
    if (interp != null) {
      span(PT_INTERP, PF_R, 1, s -> s == interp);
    }
    for (Load l : loads()) {
      headers.add(l.header());
    }
    span(PT_DYNAMIC, PF_R | PF_W, ctxt.elf.wordSize, s -> s.type() == SHT_DYNAMIC);
    notes();
    span(PT_GNU_PROPERTY, PF_R, 0, s -> s.name().equals(".note.gnu.property"));
    span(PT_TLS, PF_R, 0, OutputSection::isTls);
    span(PT_GNU_EH_FRAME, PF_R, 0, s -> s.name().equals(".eh_frame_hdr"));
    if (ctxt.stackFlags != 0) {
      headers.add(
          new Header(
              PT_GNU_STACK, ctxt.stackFlags, 0, 0, 0, ctxt.option(LinkOption.STACK_SIZE), 16));
    }
    relro();
    return headers;
  }

  /**
   * A header over the sections that are asked for, which stand side by side; none where there are
   * none.
   */
  private void span(int type, int flags, long align, Predicate<OutputSection> which) {
    List<OutputSection> some = new ArrayList<>();
    for (OutputSection s : alloc) {
      if (which.test(s)) {
        some.add(s);
      }
    }
    if (!some.isEmpty()) {
      headers.add(over(type, flags, align, some));
    }
  }

  private static Header over(int type, int flags, long align, List<OutputSection> some) {
    OutputSection first = some.get(0);
    long fileEnd = first.offset;
    long end = first.addr;
    long strictest = Math.max(1, align);
    for (OutputSection s : some) {
      fileEnd = Math.max(fileEnd, s.offset + s.length());
      end = Math.max(end, s.addr + s.size);
      strictest = Math.max(strictest, s.align());
    }
    return new Header(
        type,
        flags,
        first.offset,
        first.addr,
        fileEnd - first.offset,
        end - first.addr,
        align == 0 ? strictest : align);
  }

  /** The segments that are loaded, in the order of their addresses, as the gABI wants them. */
  private List<Load> loads() {
    List<Load> loads = new ArrayList<>();
    List<OutputSection> run = new ArrayList<>();
    int segment = ctxt.isPaged() ? SegmentRank.RODATA : SegmentRank.DATA;
    boolean first = ctxt.loadsHeaders(); // and with them
    for (OutputSection s : alloc) {
      if (s.isTbss()) {
        continue;
      }
      int next = ctxt.isPaged() ? SegmentRank.of(s) : SegmentRank.DATA;
      if (next != segment || s.startsLoad) {
        load(loads, run, segment, first);
        first = false;
        run.clear();
        segment = next;
      }
      run.add(s);
    }
    load(loads, run, segment, first);
    loads.sort((x, y) -> Long.compareUnsigned(x.header().addr(), y.header().addr()));
    return join(loads);
  }

  /**
   * What was put on one page is one segment with the rights of all: a loader maps whole pages, and
   * would put the second in the place of the first (gABI, "Program Loading").
   */
  private List<Load> join(List<Load> loads) {
    List<Load> joined = new ArrayList<>();
    int last = -1;
    for (Load l : loads) {
      Header h = l.header();
      Header before = last < 0 ? null : joined.get(last).header();
      if (h.memsz() == 0) {
        joined.add(l);
      } else if (before == null
          || Long.compareUnsigned(
                  h.addr() & -page, ElfClass.align(before.addr() + before.memsz(), page))
              >= 0) {
        last = joined.size();
        joined.add(l);
      } else {
        joined.set(last, join(joined.get(last), l));
        relro = relro == h ? null : relro; // its first page would lose the other's rights
      }
    }
    return joined;
  }

  private static Load join(Load a, Load b) {
    Header x = a.header();
    Header y = b.header();
    List<OutputSection> sections = new ArrayList<>(a.sections());
    sections.addAll(b.sections());
    long filesz = Math.max(x.filesz(), y.offset() + y.filesz() - x.offset());
    long memsz = Math.max(x.memsz(), y.addr() + y.memsz() - x.addr());
    return new Load(
        new Header(
            PT_LOAD,
            x.flags() | y.flags(),
            x.offset(),
            x.addr(),
            filesz,
            memsz,
            Math.max(x.align(), y.align())),
        sections,
        a.parts() + b.parts());
  }

  /** Adds the segment of some sections, and of the file's headers if it is the first. */
  private void load(List<Load> loads, List<OutputSection> some, int segment, boolean first) {
    if (some.isEmpty() && !first) {
      return;
    }
    int flags = PF_R | (segment == SegmentRank.TEXT ? PF_X : 0);
    flags |= segment >= SegmentRank.RELRO ? PF_W : 0;
    if (!ctxt.isPaged()) {
      notByPages(loads, some, flags | PF_X, first);
      return;
    }
    long align = segmentAlign(ctxt, segment, page);
    Header h = some.isEmpty() ? null : over(PT_LOAD, flags, align, some);
    if (first) {
      long size = h == null ? headerSize : h.addr() + h.filesz() - base;
      h = new Header(PT_LOAD, flags, 0, base, size, size, align);
    } else if (segment == SegmentRank.RELRO) {
      relro = relro == null || wholePages(relro) < wholePages(h) ? h : relro; // loaders know one
    }
    loads.add(new Load(h, List.copyOf(some), 1));
  }

  /** The same with {@code -n} and {@code -N}; whoever reads the headers is a loader of pages. */
  private void notByPages(List<Load> loads, List<OutputSection> some, int flags, boolean first) {
    Header h = some.isEmpty() ? null : over(PT_LOAD, flags, ctxt.loadsHeaders() ? page : 0, some);
    if (first && h != null && h.addr() - base == h.offset()) {
      long before = h.offset();
      h = new Header(PT_LOAD, flags, 0, base, before + h.filesz(), before + h.memsz(), page);
    } else if (first) {
      Header alone = new Header(PT_LOAD, PF_R, 0, base, headerSize, headerSize, page);
      loads.add(new Load(alone, List.of(), 1));
    }
    if (h != null) {
      loads.add(new Load(h, List.copyOf(some), 1));
    }
  }

  /**
   * A PT_NOTE for each run of notes of one alignment: a reader steps through it by that alignment.
   */
  private void notes() {
    for (long align : new long[] {8, 4}) {
      span(
          PT_NOTE,
          PF_R,
          align,
          s -> s.type() == SHT_NOTE && !s.isWritable() && (s.align() == 8) == (align == 8));
    }
  }

  /** Bytes of the pages that a loader protects: the first one wholly, the last only if it is. */
  private long wholePages(Header h) {
    long p = commonPageSize(ctxt);
    return (h.addr() + h.memsz() & -p) - (h.addr() & -p);
  }

  private void relro() {
    if (relro != null && ctxt.hasRelro()) {
      headers.add(
          new Header(
              PT_GNU_RELRO, PF_R, relro.offset(), relro.addr(), relro.filesz(), relro.memsz(), 1));
    }
  }

  public static void write(Context ctxt, MemorySegment out, List<Header> headers) {
    long at = ctxt.elf.ehdrSize;
    for (Header h : headers) {
      ctxt.elf.putPhdr(
          out,
          at,
          h.type(),
          h.flags(),
          h.offset(),
          h.addr(),
          h.loadAddr(),
          h.filesz(),
          h.memsz(),
          h.align());
      at += ctxt.elf.phdrSize;
    }
  }
}
