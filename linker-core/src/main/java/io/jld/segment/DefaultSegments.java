package io.jld.segment;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.model.OutputSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The segments of a script's layout that has no {@code PHDRS}: as few as the sections allow, in the
 * order of their load addresses, with the rights of what is in them. The rules are GNU ld's.
 */
final class DefaultSegments {
  private final SegmentRules rules;

  /** In the order of the file. */
  private final List<OutputSection> sections;

  /** Those with an address. */
  private final List<OutputSection> alloc = new ArrayList<>();

  /** Room for the file's headers in bytes. */
  private final long headerSize;

  /** Whether sections have addresses. */
  private final boolean placed;

  private final List<MappedSegment> segments = new ArrayList<>();

  private DefaultSegments(List<OutputSection> sections, SegmentRules rules, int headers) {
    this.sections = sections;
    this.rules = rules;
    this.headerSize = rules.headerSize(headers);
    this.placed = headers > 0;
    for (OutputSection s : sections) {
      if (s.isAlloc()) {
        alloc.add(s);
      }
    }
  }

  /**
   * @param headers number of program headers that there is to be room for
   */
  static List<MappedSegment> map(List<OutputSection> sections, SegmentRules rules, int headers) {
    DefaultSegments d = new DefaultSegments(sections, rules, headers);
    d.interpreter();
    d.loads();
    d.others();
    return d.segments;
  }

  /**
   * How many headers there will be, as far as it can be told from the sections alone: two segments
   * are loaded.
   */
  static int estimate(List<OutputSection> sections, SegmentRules rules) {
    DefaultSegments d = new DefaultSegments(sections, rules, 0);
    d.interpreter();
    d.others();
    // whether it is made depends on addresses
    return d.segments.size() + (d.hasMarks() ? 4 : 2) + (rules.hasRelro() ? 1 : 0);
  }

  private MappedSegment add(int type, int flags) {
    MappedSegment m = new MappedSegment(type, flags);
    segments.add(m);
    return m;
  }

  private void interpreter() {
    OutputSection interp = named(".interp");
    if (interp != null && !interp.isNobits()) {
      add(PT_PHDR, PF_R).programHeaders = true;
      add(PT_INTERP, -1).sections.add(interp);
    }
  }

  private OutputSection named(String name) {
    for (OutputSection s : alloc) {
      if (s.name().equals(name)) {
        return s;
      }
    }
    return null;
  }

  // what is loaded

  private void loads() {
    if (alloc.isEmpty()) {
      return;
    }
    List<OutputSection> sorted = LoadOrder.sorted(alloc);
    boolean headers = hasRoomForHeaders(sorted.get(0));
    if (headers && separatesHeaders(sorted.get(0))) {
      headers = !headersAlone(sorted.get(0));
    }
    MappedSegment m = null;
    OutputSection last = null;
    for (OutputSection s : sorted) {
      if (m == null || startsSegment(m, last, s)) {
        m = add(PT_LOAD, -1);
        m.fileHeader = headers;
        m.programHeaders = headers;
        headers = false;
      }
      m.sections.add(s);
      last = s;
    }
    if (m.sections.size() == 1 && last.isTbss()) {
      segments.remove(m); // each thread has its own; nothing is there to load
    }
  }

  /**
   * The headers are loaded where the first section stands so far into its page that they fit before
   * it; where they are needed, as for PT_PHDR, or the script has asked how large they are, they may
   * be on a page before it.
   */
  private boolean hasRoomForHeaders(OutputSection first) {
    if (!rules.paged()) {
      return false;
    }
    long page = rules.page();
    boolean wanted =
        rules.headersLoaded()
            || !segments.isEmpty()
            || (first.loadAddr & page - 1) >= (headerSize & page - 1);
    return wanted && Long.compareUnsigned(first.loadAddr, headerSize) >= 0;
  }

  /** With {@code -z separate-code}, nothing but code is executable, and so the headers are not. */
  private boolean separatesHeaders(OutputSection first) {
    return rules.separateCode() && first.isCode();
  }

  /**
   * Makes a segment of the headers alone. Where they stand on the code's page, the page before is
   * their load address, so that whoever loads pages by that does not load the code's twice.
   *
   * @return false where there is no page before
   */
  private boolean headersAlone(OutputSection first) {
    long page = rules.page();
    long start = first.loadAddr - headerSize & -page;
    if ((start + headerSize - 1 & -page) == (first.loadAddr & -page)) {
      if (Long.compareUnsigned(start, page) < 0) {
        return false;
      }
      start -= page;
    }
    MappedSegment m = add(PT_LOAD, -1);
    m.fileHeader = true;
    m.programHeaders = true;
    m.addr = first.addr - headerSize & -page;
    m.at = start;
    return true;
  }

  private boolean startsSegment(MappedSegment m, OutputSection last, OutputSection s) {
    if (!Objects.equals(last.region, s.region)) {
      return true; // another memory, even where its addresses go on
    }
    long end = last.loadAddr + (last.isTbss() ? 0 : last.size);
    if (last.loadAddr - last.addr != s.loadAddr - s.addr) {
      return true;
    }
    if (Long.compareUnsigned(s.loadAddr, end) < 0 || Long.compareUnsigned(end, last.loadAddr) < 0) {
      return true; // overlaps it
    }
    long page = rules.page();
    if (rules.paged() && (end - 1 & -page) == (s.loadAddr & -page)) {
      return false; // a page is mapped once
    }
    if (last.isRelro != s.isRelro && !last.isTbss()) {
      return true; // has other rights while the program runs
    }
    long nextPage = ElfClass.align(end, page);
    boolean wraps = Long.compareUnsigned(nextPage, last.loadAddr) < 0; // at the end of memory
    if (!wraps && Long.compareUnsigned(nextPage, s.loadAddr & -page) < 0) {
      return true; // a page would be skipped
    }
    if (LoadOrder.isZeros(last) && !LoadOrder.isZeros(s)) {
      return true; // else the zeros would have to be in the file
    }
    if (!rules.paged()) {
      return false;
    }
    boolean writable = false;
    boolean code = false;
    for (OutputSection o : m.sections) {
      writable |= o.isWritable();
      code |= o.isCode();
    }
    return rules.separateCode() && code != s.isCode() || !writable && s.isWritable();
  }

  // what has a header beside

  private void others() {
    OutputSection dynamic = named(".dynamic");
    if (dynamic != null && !dynamic.isNobits()) {
      add(PT_DYNAMIC, -1).sections.add(dynamic);
    }
    notes();
    tls();
    OutputSection property = named(".note.gnu.property");
    if (property != null && (property.size > 0 || !placed)) {
      add(PT_GNU_PROPERTY, PF_R).sections.add(property);
    }
    OutputSection frames = named(".eh_frame_hdr");
    if (rules.ehFrameHdr() && frames != null && !frames.isNobits()) {
      add(PT_GNU_EH_FRAME, -1).sections.add(frames);
    }
    attributes();
    if (rules.stackFlags() != 0) {
      MappedSegment m = add(PT_GNU_STACK, rules.stackFlags());
      m.memsz = rules.stackSize();
      m.align = 16;
    }
    if (rules.hasRelro()
        ? beginsInRelro()
        : placed ? RelroRun.of(segments, rules) != null : hasMarks()) {
      add(PT_GNU_RELRO, PF_R);
    }
  }

  /** Where the file, which need not be loaded there, has what describes it. */
  private void attributes() {
    for (OutputSection s : sections) {
      if (rules.attributes() != null
          && s.name().equals(rules.attributes().name())
          && !s.isAlloc()) {
        add(rules.attributes().headerType(), PF_R).sections.add(s);
      }
    }
  }

  /**
   * A PT_NOTE for each run of notes of one alignment, side by side: a reader steps through it by
   * that alignment.
   */
  private void notes() {
    MappedSegment m = null;
    OutputSection last = null;
    for (OutputSection s : sections) {
      if (s.type() != SHT_NOTE || !s.isAlloc()) {
        last = null;
        continue;
      }
      if (last == null
          || last.align() != s.align()
          || placed && ElfClass.align(last.loadAddr + last.size, s.align()) != s.loadAddr) {
        m = add(PT_NOTE, -1);
      }
      m.sections.add(s);
      last = s;
    }
  }

  private void tls() {
    MappedSegment m = null;
    OutputSection last = null;
    for (OutputSection s : alloc) {
      if (!s.isTls()) {
        last = null;
        continue;
      }
      if (m == null) {
        m = add(PT_TLS, PF_R);
      } else if (last == null) {
        throw PlanMessages.failure(
            DiagnosticCode.SEGMENTS,
            s.place,
            "TLS sections are not adjacent: others stand between "
                + m.sections.get(m.sections.size() - 1).name()
                + " and "
                + s.name());
      }
      m.sections.add(s);
      last = s;
    }
  }

  /** Whether any section is marked as read only once it is relocated. */
  private boolean hasMarks() {
    for (OutputSection s : alloc) {
      if (s.isRelro && !s.isTbss()) {
        return true;
      }
    }
    return false;
  }

  /** Whether a segment begins among what is read only once it is relocated, and has content. */
  private boolean beginsInRelro() {
    for (MappedSegment m : segments) {
      if (m.isLoad() && !m.sections.isEmpty() && rules.isInRelro(m.first().addr)) {
        for (OutputSection s : m.sections) {
          if (s.size > 0 && !s.isNobits()) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
