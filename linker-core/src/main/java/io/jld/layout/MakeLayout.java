package io.jld.layout;

import io.jld.asmb.Segment;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.Layout;
import io.jld.model.OutputSection;
import io.jld.reloc.OutputSyms;
import io.jld.segment.ScriptOverlaps;
import io.jld.segment.SegmentRules;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes the {@link Layout} of sections that have their places: what architectures see of it. */
final class MakeLayout {
  private MakeLayout() {}

  /**
   * @param rules say what is read only once it is relocated; null where nothing is
   * @param base address of the file's first byte
   * @param size of the file's sections in bytes
   */
  static Layout of(Context ctxt, SegmentRules rules, long base, long size) {
    long limit = ctxt.elf.is64() ? Long.MAX_VALUE : 1L << 32;
    for (OutputSection s : ctxt.outputSections()) {
      // one at the end of the address space ends at address 0
      boolean wraps = s.addr < 0 ? s.addr + s.size > 0 : s.addr + s.size < 0;
      wraps |= !ctxt.elf.is64() && ctxt.script.isBuiltIn() && s.addr < 0;
      if (s.isAlloc() && (wraps || s.addr + s.size > limit)) {
        ctxt.error(
            DiagnosticCode.ADDRESS_SPACE,
            Location.NONE,
            "section " + s.name() + " does not fit into the address space");
      }
    }
    ScriptOverlaps.shift(ctxt.outputSections());
    Predicate<OutputSection> data = s -> s.isAlloc() && s.isWritable() && !s.isCode();
    Predicate<OutputSection> relro = s -> s.isRelro || (rules != null && rules.isInRelro(s.addr));
    return new Layout(
        new OutputSyms(ctxt, with(ctxt, s -> s.isAlloc() && s.isCode())),
        new OutputSyms(ctxt, with(ctxt, s -> s.isAlloc() && !s.isCode())),
        new OutputSyms(ctxt, with(ctxt, s -> !s.isAlloc())),
        segment(ctxt, "Segtext", s -> s.isAlloc() && s.isCode()),
        segment(ctxt, "Segrodata", s -> s.isAlloc() && !s.isCode() && !s.isWritable()),
        segment(ctxt, "Segrelrodata", data.and(relro)),
        segment(ctxt, "Segdata", data.and(relro.negate())),
        segment(ctxt, "Segdwarf", s -> !s.isAlloc()),
        base,
        size);
  }

  /**
   * The link's layout, once what is not loaded has got its content and its places anew.
   *
   * @param size of the file's sections in bytes
   */
  static Layout again(Context ctxt, long size) {
    Predicate<OutputSection> unloaded = s -> !s.isAlloc();
    return ctxt.layout()
        .withUnloaded(
            new OutputSyms(ctxt, with(ctxt, unloaded)), segment(ctxt, "Segdwarf", unloaded), size);
  }

  /** Those with content in the file, by address. */
  private static List<OutputSection> with(Context ctxt, Predicate<OutputSection> which) {
    List<OutputSection> found = new ArrayList<>();
    for (OutputSection s : ctxt.outputSections()) {
      if (s.length() > 0 && which.test(s)) {
        found.add(s);
      }
    }
    found.sort((a, b) -> Long.compareUnsigned(a.vaddr(), b.vaddr()));
    return found;
  }

  private static Segment segment(Context ctxt, String name, Predicate<OutputSection> which) {
    return new Segment(name, new ArrayList<>(with(ctxt, which)));
  }
}
