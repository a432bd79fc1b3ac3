package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.dynamic.LoaderTables;
import io.jld.link.Diagnostic;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.place.MemoryUsage;
import io.jld.place.Placer;
import io.jld.place.PlanItem;
import io.jld.place.PlanItems;
import io.jld.place.PlanSection;
import io.jld.segment.ProgramHeaders;
import io.jld.segment.ScriptOverlaps;
import io.jld.segment.SegmentMap;
import io.jld.symbol.SymbolTable;

/**
 * The layout that a script describes. Addresses, the number of program headers, and what depends on
 * addresses in size are found by turns until they fit each other.
 */
public final class PlanLayout {
  /** As many as {@link SegmentMap} needs at most, and some. */
  private static final int MAX_ROUNDS = 32;

  private PlanLayout() {}

  static void run(Context ctxt) {
    Placer placer = new Placer(ctxt, PlanItems.of(ctxt).list());
    for (OutputSection s : ctxt.outputSections) {
      if (s.type() == SHT_REL || s.type() == SHT_RELA) {
        AssignAddresses.layOut(ctxt, s); // of --emit-relocs, which no script places
      }
    }
    int room = SegmentMap.estimate(ctxt.outputSections, placer.segmentRules());
    boolean binary = BinaryOutput.isWanted(ctxt);
    for (int round = 0; round < MAX_ROUNDS; round++) {
      placer.settle(room);
      if (!LoaderTables.of(ctxt).relrDyn().fits(ctxt)) {
        continue;
      }
      int needed =
          binary ? room : SegmentMap.make(ctxt.outputSections, placer.segmentRules(), room).room();
      if (needed == room) {
        break;
      }
      room = needed;
    }
    placer.finish();
    MemoryUsage.print(ctxt, placer.regions().all());
    for (PlanItem item : PlanItems.of(ctxt).list()) {
      if (item instanceof PlanSection p && !p.out.isAlloc()) {
        p.out.unloadedAddr = p.out.addr; // which will be its place in the file
      }
    }
    if (ctxt.option(LinkOption.CHECK_SECTIONS)) {
      ScriptOverlaps.find(ctxt.outputSections).forEach(ctxt::report);
      ctxt.failOnErrors();
    }
    if (binary) {
      long size = BinaryOutput.placeLoaded(ctxt.outputSections);
      ctxt.layout = AssignAddresses.layout(ctxt, 0, size);
      return;
    }
    SegmentMap map = SegmentMap.make(ctxt.outputSections, placer.segmentRules(), room);
    for (Diagnostic d : map.messages()) {
      ctxt.report(d);
    }
    ctxt.handOn(map);
    for (OutputSection s : ctxt.outputSections) {
      if (!s.isAlloc()) {
        s.moveItems(ctxt.sections, s.addr - s.unloadedAddr);
      }
    }
    ctxt.layout = AssignAddresses.layout(ctxt, base(ctxt, map), map.size());
  }

  /**
   * For a relocatable output: all sections by themselves, each at the address that is asked for.
   */
  public static void placeRelocatable(Context ctxt) {
    Placer placer = new Placer(ctxt, PlanItems.of(ctxt).list());
    placer.settle(0);
    placer.finish();
    MemoryUsage.print(ctxt, placer.regions().all());
  }

  /** The address of the file's first byte, where it is loaded. */
  private static long base(Context ctxt, SegmentMap map) {
    for (ProgramHeaders.Header h : map.headers()) {
      if (h.type() == PT_LOAD && h.offset() == 0 && h.filesz() > 0) {
        return h.addr();
      }
    }
    int id = ctxt.names.find("__ehdr_start");
    if (id != 0
        && ctxt.symbols.kind(id) == SymbolTable.KIND_PROVIDED
        && ctxt.symbols.has(id, SymbolTable.STRONG_REF)) {
      ctxt.error(
          Location.NONE.symbol("__ehdr_start"),
          "undefined reference to '__ehdr_start': the linker script's layout does not load the"
              + " file's headers");
    }
    return 0;
  }
}
