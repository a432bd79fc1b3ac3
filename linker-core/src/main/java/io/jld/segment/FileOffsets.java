package io.jld.segment;

import io.jld.elf.ElfClass;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.model.OutputSection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Places in the file: segments one after the other, each at an offset that is congruent to its
 * address, their sections in them as far apart as in memory; then what is in no segment. Program
 * headers of what is loaded get their fields on the way.
 *
 * <p>Zeros that contents follow in their segment are in the file as well. Sections that have one
 * address, as overlays do, are in segments of their own, so that their contents stand one after the
 * other.
 */
final class FileOffsets {
  private final SegmentRules rules;
  private final List<MappedSegment> segments;
  private final List<Diagnostic> messages;
  private final Set<OutputSection> placed = new HashSet<>();
  private long off;

  private FileOffsets(
      SegmentRules rules, int room, List<MappedSegment> segments, List<Diagnostic> messages) {
    this.rules = rules;
    this.segments = segments;
    this.messages = messages;
    this.off = rules.headerSize(room);
  }

  /**
   * @param room number of program headers that the file has room for
   * @return the offset after the last section, in bytes
   */
  static long assign(
      List<OutputSection> sections,
      SegmentRules rules,
      int room,
      List<MappedSegment> segments,
      List<Diagnostic> messages) {
    FileOffsets f = new FileOffsets(rules, room, segments, messages);
    for (MappedSegment m : f.byLoadAddress()) {
      f.load(m);
    }
    f.others(sections);
    OtherHeaders.fill(rules, segments, messages);
    return f.off;
  }

  /** The loaded segments: that of the file header first, then in the order of load addresses. */
  private List<MappedSegment> byLoadAddress() {
    List<MappedSegment> loads = new ArrayList<>();
    for (MappedSegment m : segments) {
      if (m.isLoad()) {
        loads.add(m);
      }
    }
    loads.sort(
        (a, b) ->
            a.fileHeader != b.fileHeader
                ? Boolean.compare(b.fileHeader, a.fileHeader)
                : Long.compareUnsigned(start(a), start(b)));
    return loads;
  }

  private static long start(MappedSegment m) {
    return m.at != null ? m.at : m.sections.isEmpty() ? 0 : m.first().loadAddr;
  }

  private void load(MappedSegment m) {
    boolean none = m.sections.isEmpty() && !rules.paged();
    m.align = none ? rules.elf().wordSize : Math.max(rules.unit(), m.strictestAlign());
    boolean content = m.hasContent();
    long before = off;
    if (!m.sections.isEmpty()) {
      off +=
          m.first().addr - off & (rules.mappable() ? rules.page() - 1 | m.align - 1 : m.align - 1);
      if (off < 0) {
        throw PlanMessages.failure(
            DiagnosticCode.SEGMENTS,
            m.first().place,
            "section " + m.first().name() + " has no place in a file");
      }
      m.addr = m.first().addr;
      m.loadAddr = m.first().loadAddr;
    }
    m.offset = off;
    if (m.hasHeaders()) {
      withHeaders(m, before, content);
    }
    for (OutputSection s : m.sections) {
      append(m, s);
    }
    if (!content && !m.sections.isEmpty()) {
      off = before; // takes no room in the file
      m.offset = m.hasHeaders() ? m.offset : m.addr & (rules.paged() ? m.align : 1) - 1;
    }
    if (m.at != null) {
      m.moved = m.at - m.loadAddr; // sections keep their distances
      m.loadAddr = m.at;
    }
    checkSections(m);
  }

  /** The segment begins with the file's headers, which stand before its first section. */
  private void withHeaders(MappedSegment m, long headers, boolean content) {
    long start = m.fileHeader ? 0 : rules.elf().ehdrSize;
    long room = off - start;
    m.offset = start;
    long size = m.programHeaders ? headers - start : rules.elf().ehdrSize;
    if (!m.sections.isEmpty()) {
      if (Long.compareUnsigned(m.addr, room) < 0
          || m.at == null && Long.compareUnsigned(m.loadAddr, room) < 0) {
        noRoom(m, room);
      }
      m.addr -= room;
      m.loadAddr -= room;
    }
    if (content || m.sections.isEmpty()) {
      size = room;
    }
    m.filesz = size;
    m.memsz = room;
  }

  private void noRoom(MappedSegment m, long room) {
    throw PlanMessages.failure(
        DiagnosticCode.SEGMENTS,
        m.place(),
        "not enough room for program headers: "
            + room
            + " bytes are needed before section "
            + m.first().name()
            + " at 0x"
            + Long.toHexString(m.first().addr)
            + "; leave SIZEOF_HEADERS there, or do without FILEHDR and PHDRS");
  }

  /** Places a section of a loaded segment, as far after the one before as it is in memory. */
  private void append(MappedSegment m, OutputSection s) {
    placed.add(s);
    boolean tbss = s.isTbss();
    if (!tbss) {
      long end = m.loadAddr + m.memsz;
      long gap = s.loadAddr - end;
      if (gap != 0
          && (Long.compareUnsigned(s.loadAddr, end) < 0
              || Long.compareUnsigned(end, m.loadAddr) < 0)) {
        messages.add(
            PlanMessages.warning(
                DiagnosticCode.SECTION_PLACE,
                s.place,
                "load address 0x"
                    + Long.toHexString(s.loadAddr)
                    + " of section "
                    + s.name()
                    + " is inside of what is before it in segment "
                    + m.name(segments.indexOf(m))
                    + "; taken as 0x"
                    + Long.toHexString(end)));
        gap = 0;
        s.loadAddr = end;
      }
      m.memsz += gap;
      if (!s.isNobits()) {
        off += m.memsz - m.filesz; // zeros before it are in the file as well
        m.filesz = m.memsz;
      }
    }
    s.offset = off;
    if (!s.isNobits()) {
      off += s.size;
      m.filesz += s.size;
    }
    m.memsz += tbss ? 0 : s.size;
  }

  /** Warns of sections whose place in the segment is another than their address would be. */
  private void checkSections(MappedSegment m) {
    for (int i = 1; i < m.sections.size(); i++) {
      OutputSection a = m.sections.get(i - 1);
      OutputSection b = m.sections.get(i);
      if (a.addr == b.addr && a.size > 0 && b.size > 0) {
        return; // overlays
      }
    }
    for (OutputSection s : m.sections) {
      if (s.isTbss()) {
        continue;
      }
      boolean inFile = s.isNobits() || s.offset - m.offset + s.size <= m.filesz;
      long at = s.addr - m.addr;
      boolean inMemory =
          Long.compareUnsigned(at, m.memsz) <= 0 && Long.compareUnsigned(at + s.size, m.memsz) <= 0;
      if (!inFile || !inMemory) {
        messages.add(
            PlanMessages.warning(
                DiagnosticCode.SEGMENTS,
                s.place,
                "section "
                    + s.name()
                    + " cannot be allocated in segment "
                    + m.name(segments.indexOf(m))
                    + ": its address 0x"
                    + Long.toHexString(s.addr)
                    + " is not in it"));
      }
    }
  }

  /** Sections that no segment loads. */
  private void others(List<OutputSection> sections) {
    for (OutputSection s : sections) {
      if (s.isTbss() && placed.add(s)) {
        s.offset = off + (s.addr - off & s.align() - 1);
      }
    }
    for (OutputSection s : sections) {
      if (placed.contains(s)) {
        continue;
      }
      if (!s.isAlloc()) {
        off = ElfClass.align(off, s.align());
        s.addr = off; // file offsets stand for the addresses that they don't have
      } else if (!s.isNobits()) {
        if (s.size > 0) {
          messages.add(
              PlanMessages.warning(
                  DiagnosticCode.SECTION_PLACE,
                  s.place,
                  "allocated section " + s.name() + " is in no segment"));
        }
        off += s.addr - off & (rules.paged() && s.size > 0 ? rules.page() : s.align()) - 1;
      }
      s.offset = off;
      off += s.length();
    }
  }
}
