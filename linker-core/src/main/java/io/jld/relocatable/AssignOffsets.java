package io.jld.relocatable;

import static io.jld.elf.Elf.SHT_GROUP;

import io.jld.asmb.Segment;
import io.jld.elf.ElfClass;
import io.jld.layout.AssignAddresses;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.Layout;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.List;
import java.util.function.Predicate;

/**
 * Places the sections of a relocatable output in the file, one after the other. No section has an
 * address (gABI, "ELF Header": {@code sh_addr} is 0); while the output is written, its offset in
 * the file stands for it.
 */
public final class AssignOffsets {
  private AssignOffsets() {}

  public static void run(Context ctxt) {
    placeContents(ctxt);
    long off = ctxt.elf.ehdrSize;
    for (OutputSection s : ctxt.outputSections()) {
      off = ElfClass.align(off, s.align());
      s.addr = off;
      s.offset = off;
      off += s.length();
      check(ctxt, s, off);
    }
    ctxt.tasks()
        .forEach(
            ctxt.outputSections().size(),
            i -> {
              OutputSection s = ctxt.outputSections().get(i);
              s.moveItems(ctxt.sections(), s.addr);
            });
    ctxt.setLayout(layout(ctxt, off));
  }

  /** The plan places contents; groups and relocations have a place beside it. */
  private static void placeContents(Context ctxt) {
    AssignAddresses.placeRelocatable(ctxt);
    for (OutputSection s : ctxt.outputSections()) {
      Relocatable.Part p = Relocatable.of(ctxt).part(s);
      if (p.relocated != null || s.type() == SHT_GROUP) {
        layOut(ctxt, s);
        continue;
      }
      p.address = s.addr;
      s.moveItems(ctxt.sections(), -p.address);
      check(ctxt, s, s.size);
    }
  }

  private static void check(Context ctxt, OutputSection s, long off) {
    if (off < 0 || off > (ctxt.elf.is64() ? 1L << 62 : 0xffffffffL)) {
      throw new LinkException(
          DiagnosticCode.TOO_LARGE, Location.NONE, "section " + s.name() + " is too large");
    }
  }

  /** Offsets of the items in their section. */
  private static void layOut(Context ctxt, OutputSection s) {
    SectionTable sections = ctxt.sections();
    long at = 0;
    for (int i = 0; i < s.itemCount(); i++) {
      int item = s.item(i);
      if (item < 0) {
        Synthetic y = s.synthetic(item);
        s.raiseAlign(y.align());
        at = ElfClass.align(at, y.align());
        y.setAddr(at);
        at += y.size();
      } else {
        at = ElfClass.align(at, ctxt.alignOf(item));
        sections.addr[item] = at;
        at += sections.size[item];
      }
      check(ctxt, s, at);
    }
    s.size = at;
  }

  /**
   * Offsets in the file become offsets in sections again, and symbols get their values: what a map
   * shows.
   */
  public static void forReports(Context ctxt) {
    SymbolTable symbols = ctxt.symbols();
    for (OutputSection s : ctxt.outputSections()) {
      s.moveItems(ctxt.sections(), -s.addr);
      s.addr = 0;
    }
    for (int id = 1; id < symbols.globals(); id++) {
      if (symbols.file(id) instanceof LinkedObject o) {
        int ndx = o.file().shndx(symbols.index(id));
        long place =
            ndx > 0 && ctxt.sections().isLive(o.sectionId(ndx))
                ? ctxt.sections().addr[o.sectionId(ndx)]
                : 0;
        symbols.setValue(id, place + o.file().symbolValue(symbols.index(id)));
      }
    }
  }

  private static Layout layout(Context ctxt, long size) {
    List<OutputSection> code = with(ctxt, OutputSection::isCode);
    List<OutputSection> rest = with(ctxt, s -> !s.isCode());
    return new Layout(
        new RelocatableSyms(ctxt, code),
        new RelocatableSyms(ctxt, List.of()),
        new RelocatableSyms(ctxt, rest),
        new Segment("Segtext", List.copyOf(code)),
        new Segment("Segrodata", List.of()),
        new Segment("Segrelrodata", List.of()),
        new Segment("Segdata", List.of()),
        new Segment("Segdwarf", List.copyOf(rest)),
        0,
        size);
  }

  private static List<OutputSection> with(Context ctxt, Predicate<OutputSection> which) {
    return ctxt.outputSections().stream().filter(s -> s.length() > 0 && which.test(s)).toList();
  }
}
