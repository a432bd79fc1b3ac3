package io.jld.segment;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.model.OutputSection;
import java.util.ArrayList;
import java.util.List;

/**
 * Sections of a script's layout that take the same place: in the image that is loaded, which
 * nothing may, or in memory, which overlays do. As in GNU ld, a layout has overlays where two
 * sections begin at one address; which others may meet then, the script's author knows.
 */
public final class ScriptOverlaps {
  private ScriptOverlaps() {}

  /** An error for each section that begins before the one before it has ended. */
  public static List<Diagnostic> find(List<OutputSection> sections) {
    List<Diagnostic> found = new ArrayList<>();
    List<OutputSection> some = new ArrayList<>();
    for (OutputSection s : sections) {
      if (s.isAlloc() && s.size > 0 && !s.isTbss()) {
        some.add(s);
      }
    }
    some.sort((a, b) -> Long.compareUnsigned(a.loadAddr, b.loadAddr));
    OutputSection before = null;
    for (OutputSection s : some) {
      if (!s.isNobits()) {
        if (before != null && meets(before.loadAddr, before.size, s.loadAddr)) {
          found.add(error(s, s.loadAddr, before, before.loadAddr, "LMA"));
        }
        before = s;
      }
    }
    some.sort((a, b) -> Long.compareUnsigned(a.addr, b.addr));
    if (!hasOverlays(some)) {
      before = null;
      for (OutputSection s : some) {
        if (before != null && meets(before.addr, before.size, s.addr) && !isNamed(found, s)) {
          found.add(error(s, s.addr, before, before.addr, "VMA"));
        }
        before = s;
      }
    }
    return found;
  }

  /**
   * Where sections with content share addresses, their places in the file tell them apart while
   * they are written.
   */
  public static void shift(List<OutputSection> sections) {
    List<OutputSection> some = new ArrayList<>();
    for (OutputSection s : sections) {
      if (s.isAlloc() && s.length() > 0) {
        some.add(s);
      }
    }
    some.sort((a, b) -> Long.compareUnsigned(a.addr, b.addr));
    boolean shared = false;
    for (int i = 1; i < some.size(); i++) {
      OutputSection before = some.get(i - 1);
      shared |= meets(before.addr, before.size, some.get(i).addr);
    }
    for (OutputSection s : some) {
      s.shift = shared ? s.offset - s.addr : 0;
    }
  }

  private static boolean hasOverlays(List<OutputSection> byAddress) {
    for (int i = 1; i < byAddress.size(); i++) {
      if (byAddress.get(i - 1).addr == byAddress.get(i).addr) {
        return true;
      }
    }
    return false;
  }

  private static boolean meets(long start, long size, long next) {
    long last = start + size - 1;
    return Long.compareUnsigned(next, last) <= 0 || Long.compareUnsigned(last, start) < 0;
  }

  /** Whether the section has an error already: one for each is enough. */
  private static boolean isNamed(List<Diagnostic> found, OutputSection s) {
    for (Diagnostic d : found) {
      if (d.message().startsWith("section " + s.name() + " ")) {
        return true;
      }
    }
    return false;
  }

  private static Diagnostic error(
      OutputSection s, long start, OutputSection before, long beforeStart, String what) {
    return PlanMessages.error(
        DiagnosticCode.SECTION_OVERLAP,
        s.place,
        "section "
            + s.name()
            + range(what, start, s.size)
            + " overlaps section "
            + before.name()
            + range(what, beforeStart, before.size));
  }

  private static String range(String what, long start, long size) {
    return " "
        + what
        + " [0x"
        + Long.toHexString(start)
        + ", 0x"
        + Long.toHexString(start + size - 1)
        + "]";
  }
}
