package io.jld.layout;

import io.jld.link.DiagnosticCode;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.segment.PlanMessages;
import java.util.Comparator;
import java.util.List;

/**
 * {@code --oformat binary}: the bytes of memory from the lowest address that has content to the
 * highest, and nothing else: no headers, no symbols, no sections that are not loaded; gaps are
 * zeros. For boot loaders, kernels, ROMs.
 */
public final class BinaryOutput {
  private BinaryOutput() {}

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
            DiagnosticCode.SECTION_OVERLAP,
            s.place,
            "section " + s.name() + " overlaps section " + before.name());
      }
      if (s.offset < 0 || end < 0) {
        throw PlanMessages.failure(
            DiagnosticCode.TOO_FAR,
            s.place,
            "section " + s.name() + " is too far from section " + first.name() + " for one file");
      }
      size = end;
      before = s;
    }
    return size;
  }

  /** Zeros between the sections. */
  public static void fillGaps(Context ctxt) {
    long at = 0;
    for (OutputSection s : ctxt.outputSections()) {
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
