package io.jld.segment;

import static io.jld.elf.Elf.*;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.model.OutputSection;
import io.jld.plan.HeaderStatement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The segments of a script's {@code PHDRS}: these and no others, with the sections that name them.
 * A section that names none is where the one before it is, but in no PT_INTERP.
 */
final class ScriptSegments {
  private final List<MappedSegment> segments = new ArrayList<>();
  private final List<Diagnostic> messages;

  /** The numbers of segments by name. */
  private final Map<String, List<Integer>> byName = new HashMap<>();

  private ScriptSegments(List<Diagnostic> messages) {
    this.messages = messages;
  }

  /**
   * @param messages gets what is wrong about names
   */
  static List<MappedSegment> map(
      List<OutputSection> sections, List<ScriptHeader> headers, List<Diagnostic> messages) {
    ScriptSegments s = new ScriptSegments(messages);
    s.headers(headers);
    s.sections(sections);
    for (MappedSegment m : s.segments) {
      List<OutputSection> sorted = LoadOrder.sorted(m.sections);
      m.sections.clear();
      m.sections.addAll(sorted);
    }
    return s.segments;
  }

  private void headers(List<ScriptHeader> headers) {
    boolean plain = false;
    for (ScriptHeader h : headers) {
      if (h.type() == PT_LOAD && h.hasHeaders() && plain) {
        messages.add(
            PlanMessages.error(
                DiagnosticCode.SEGMENTS,
                h.place(),
                "segment "
                    + h.name()
                    + " cannot have FILEHDR or PHDRS: the PT_LOAD before it has neither, and the"
                    + " headers are at the file's start"));
      }
      plain |= h.type() == PT_LOAD && !h.hasHeaders();
      MappedSegment m = new MappedSegment(h.type(), h);
      m.fileHeader = h.fileHeader();
      m.programHeaders = h.programHeaders();
      m.fixedFlags = h.flags() == null ? -1 : h.flags();
      m.at = h.at();
      byName.computeIfAbsent(h.name(), n -> new ArrayList<>(1)).add(segments.size());
      segments.add(m);
    }
  }

  private void sections(List<OutputSection> sections) {
    checkNames(sections);
    List<String> names = null;
    for (OutputSection s : sections) {
      boolean inherits = s.headerNames == null;
      if (!inherits) {
        names = s.headerNames;
      } else if (s.isNotLoaded || !s.isAlloc()) {
        continue;
      } else if (names == null) {
        names = firstNames(sections);
      }
      add(s, names, inherits);
    }
  }

  /**
   * What stands before the first section that names a segment is there as well. (GNU ld has it
   * there if that is the first header of {@code PHDRS}, and also where the last section is.)
   */
  private static List<String> firstNames(List<OutputSection> sections) {
    for (OutputSection s : sections) {
      if (s.headerNames != null) {
        return s.headerNames;
      }
    }
    throw PlanMessages.failure(
        DiagnosticCode.SEGMENTS,
        null,
        "no section is assigned to a segment of PHDRS: add :NAME to one");
  }

  private void add(OutputSection s, List<String> names, boolean inherits) {
    boolean loaded = false;
    for (int i : numbered(names)) {
      MappedSegment m = segments.get(i);
      if (inherits && m.type == PT_INTERP) {
        continue;
      }
      if (m.isLoad() && loaded) {
        messages.add(
            PlanMessages.error(
                DiagnosticCode.SEGMENTS,
                s.place,
                "section " + s.name() + " is assigned to two PT_LOAD segments"));
      }
      loaded |= m.isLoad();
      m.sections.add(s);
    }
  }

  /** The segments of these names, in their order. */
  private Iterable<Integer> numbered(List<String> names) {
    if (names.size() == 1) {
      return byName.getOrDefault(names.getFirst(), List.of());
    }
    Set<Integer> all = new TreeSet<>();
    for (String name : names) {
      all.addAll(byName.getOrDefault(name, List.of()));
    }
    return all;
  }

  private void checkNames(List<OutputSection> sections) {
    Set<String> known = new HashSet<>();
    known.add(HeaderStatement.NONE);
    for (MappedSegment m : segments) {
      known.add(m.script.name());
    }
    for (OutputSection s : sections) {
      if (s.headerNames == null) {
        continue;
      }
      for (String name : s.headerNames) {
        if (!known.contains(name)) {
          messages.add(
              PlanMessages.error(
                  DiagnosticCode.SEGMENTS,
                  s.place,
                  "section " + s.name() + " is assigned to non-existent phdr '" + name + "'"));
        }
      }
    }
  }
}
