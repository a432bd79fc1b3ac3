package io.jld.segment;

import static io.jld.elf.Elf.*;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.model.OutputSection;
import java.util.List;

/**
 * The fields of the program headers that load nothing: they say where something is in the segments
 * that are loaded, which have their places.
 */
final class OtherHeaders {
  private final SegmentRules rules;
  private final List<MappedSegment> segments;
  private final List<Diagnostic> messages;

  private OtherHeaders(
      SegmentRules rules, List<MappedSegment> segments, List<Diagnostic> messages) {
    this.rules = rules;
    this.segments = segments;
    this.messages = messages;
  }

  /** Gives all headers their flags, and those of these kinds all of their fields. */
  static void fill(SegmentRules rules, List<MappedSegment> segments, List<Diagnostic> messages) {
    OtherHeaders o = new OtherHeaders(rules, segments, messages);
    for (MappedSegment m : segments) {
      o.fill(m);
    }
  }

  private void fill(MappedSegment m) {
    m.flags = m.fixedFlags >= 0 ? m.fixedFlags : flags(m);
    if (m.isLoad()) {
      return;
    }
    if (m.type == PT_GNU_RELRO) {
      relro(m);
    } else if (m.hasHeaders()) {
      headersOnly(m);
    } else if (m.sections.isEmpty()) {
      m.align = m.align == 0 ? rules.elf().wordSize : m.align;
      m.loadAddr = m.at == null ? 0 : m.at;
    } else {
      over(m);
    }
  }

  private int flags(MappedSegment m) {
    int flags = m.hasHeaders() || !m.sections.isEmpty() ? PF_R : 0;
    for (OutputSection s : m.sections) {
      flags |= s.isCode() ? PF_X : 0;
      flags |= s.isWritable() ? PF_W : 0;
    }
    return flags;
  }

  /** PT_PHDR and the like: the headers where a loaded segment has them. */
  private void headersOnly(MappedSegment m) {
    m.offset = m.fileHeader ? 0 : rules.elf().ehdrSize;
    long end = m.programHeaders ? rules.headerSize(segments.size()) : rules.elf().ehdrSize;
    m.filesz = end - m.offset;
    m.memsz = m.filesz;
    m.align = rules.elf().wordSize;
    for (MappedSegment l : segments) {
      if (l.isLoad() && l.hasHeaders() && m.offset >= l.offset && end - l.offset <= l.filesz) {
        m.addr = l.addr + m.offset - l.offset;
        m.loadAddr = m.at != null ? m.at : l.loadAddr + m.offset - l.offset;
        return;
      }
    }
    messages.add(
        PlanMessages.error(
            DiagnosticCode.SEGMENTS,
            m.place(),
            "PHDR segment not covered by LOAD segment: leave room for SIZEOF_HEADERS before the"
                + " first section, or give a PT_LOAD of PHDRS both FILEHDR and PHDRS"));
  }

  /** A header over sections that are in the file already. */
  private void over(MappedSegment m) {
    OutputSection first = m.first();
    m.offset = first.offset;
    m.addr = first.addr;
    m.loadAddr = m.at != null ? m.at : loadAddr(first);
    m.align = m.strictestAlign();
    for (OutputSection s : m.sections) {
      m.memsz = s.isTls() ? s.addr + s.size - first.addr : m.memsz + s.size;
      if (!s.isNobits()) {
        m.filesz = s.offset + s.size - first.offset;
      }
      if (s.offset < first.offset && !s.isNobits() && !first.isNobits()) {
        messages.add(
            PlanMessages.error(
                DiagnosticCode.SEGMENTS,
                s.place,
                "section "
                    + s.name()
                    + " stands before section "
                    + first.name()
                    + " in the file, but after it in segment "
                    + m.name(segments.indexOf(m))));
      }
    }
    m.memsz = Math.max(m.memsz, m.filesz);
    if (!first.isAlloc()) {
      m.addr = 0;
      m.loadAddr = 0;
      m.memsz = 0;
    }
  }

  /** Where the segment that a section is in has it loaded. */
  private long loadAddr(OutputSection s) {
    for (MappedSegment l : segments) {
      if (l.isLoad() && l.moved != 0 && l.sections.contains(s)) {
        return s.loadAddr + l.moved;
      }
    }
    return s.loadAddr;
  }

  /** The first section of the range and all up to its end, as far as it is in the file. */
  private void relro(MappedSegment m) {
    RelroRun run = RelroRun.of(segments, rules);
    if (run != null) {
      relro(m, run.in(), run.first(), run.end());
      return;
    }
    for (MappedSegment l : segments) {
      if (!l.isLoad()) {
        continue;
      }
      for (OutputSection s : l.sections) {
        if (s.size > 0 && rules.isInRelro(s.addr)) {
          relro(m, l, s, rules.relroEnd());
          return;
        }
      }
    }
    messages.add(
        PlanMessages.warning(
            DiagnosticCode.SEGMENTS,
            m.place(),
            "no section is in PT_GNU_RELRO: the script has no DATA_SEGMENT_RELRO_END"));
    m.type = PT_NULL;
    m.flags = 0;
    m.align = 0;
  }

  private static void relro(MappedSegment m, MappedSegment in, OutputSection first, long end) {
    m.offset = first.offset;
    m.addr = first.addr;
    m.loadAddr = first.loadAddr + in.moved;
    m.memsz = end - first.addr;
    m.filesz = Math.max(0, Math.min(m.memsz, in.addr + in.filesz - first.addr));
    m.align = 1;
    m.flags = m.fixedFlags >= 0 ? m.fixedFlags : PF_R;
  }
}
