package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.arch.Relaxer;
import io.jld.dynamic.LoaderTables;
import io.jld.elf.ElfClass;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.Layout;
import io.jld.model.OutputSection;
import io.jld.place.Placer;
import io.jld.place.PlanItem;
import io.jld.place.PlanItems;
import io.jld.place.PlanSection;
import io.jld.relax.RelaxSections;
import io.jld.segment.ProgramHeaders;
import io.jld.segment.ScriptOverlaps;
import io.jld.segment.SegmentMap;
import io.jld.symbol.SymbolTable;
import io.jld.thunk.MakeThunks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gives each section its size, address and place in the file, as the plan says; makes the segments.
 */
public final class AssignAddresses {
  /**
   * Rounds in which the room for program headers may shrink: where there are fewer headers as soon
   * as there is room for more, it would grow and shrink for ever.
   */
  private static final int SHRINKING_ROUNDS = 10;

  private final Context ctxt;
  private final Placer placer;

  /** The number of program headers that there is room for. */
  private int room;

  private int rounds;

  private AssignAddresses(Context ctxt) {
    this.ctxt = ctxt;
    this.placer = new Placer(ctxt, PlanItems.of(ctxt));
  }

  public static void run(Context ctxt) {
    new AssignAddresses(ctxt).assign();
  }

  private void assign() {
    room = SegmentMap.estimate(ctxt.outputSections(), placer.segmentRules());
    SizeLoop sizes = new SizeLoop();
    Relaxer relaxer = ctxt.arch().relaxer();
    if (relaxer != null) {
      sizes.add(new RelaxSections(ctxt, relaxer, this::estimate)::fits);
    }
    MakeThunks thunks = ctxt.arch().thunks() == null ? null : new MakeThunks(ctxt, placer);
    if (thunks != null) {
      sizes.add(thunks::fit);
    }
    sizes.add(() -> LoaderTables.of(ctxt).relrDyn().fits(ctxt));
    sizes.add(() -> LoaderTables.of(ctxt).androidRelocs().fits(ctxt));
    if (!ctxt.isBinary()) {
      sizes.add(this::fitsRoom);
    }
    sizes.run(() -> placer.settle(room));
    placer.finish();
    ctxt.setTls(Layout.Tls.of(ctxt.outputSections(), ctxt.arch().tlsLayout()));
    if (thunks != null) {
      thunks.finish();
    }
    MemoryUsage.print(ctxt, placer.regions());
    for (PlanItem item : PlanItems.of(ctxt).list()) {
      if (item instanceof PlanSection p && !p.out.isAlloc()) {
        p.out.unloadedAddr = p.out.addr; // which will be its place in the file
      }
    }
    if (ctxt.option(LinkOption.CHECK_SECTIONS)) {
      ScriptOverlaps.find(ctxt.outputSections()).forEach(ctxt::report);
      ctxt.failOnErrors();
    }
    if (ctxt.isBinary()) {
      ctxt.setLayout(MakeLayout.of(ctxt, null, 0, BinaryOutput.placeLoaded(ctxt.outputSections())));
      return;
    }
    SegmentMap map = segments();
    for (Diagnostic d : map.messages()) {
      ctxt.report(d);
    }
    ctxt.handOn(map);
    if (ctxt.option(LinkOption.WARN_RWX_SEGMENTS)) {
      warnOfRights(map);
    }
    for (OutputSection s : ctxt.outputSections()) {
      if (!s.isAlloc()) {
        s.moveItems(ctxt.sections(), s.addr - s.unloadedAddr);
      }
    }
    ctxt.setLayout(MakeLayout.of(ctxt, placer.segmentRules(), base(map), map.size()));
  }

  /** What symbols are worth at the addresses of a round. */
  private void estimate() {
    ctxt.setTls(Layout.Tls.of(ctxt.outputSections(), ctxt.arch().tlsLayout()));
    SymbolValues.estimate(ctxt, placer);
  }

  private void warnOfRights(SegmentMap map) {
    int all = PF_R | PF_W | PF_X;
    for (ProgramHeaders.Header h : map.headers()) {
      if (h.type() == PT_LOAD && (h.flags() & all) == all) {
        ctxt.warning(
            DiagnosticCode.WRITABLE_CODE,
            Location.NONE,
            "the segment at 0x"
                + Long.toHexString(h.addr())
                + " is readable, writable and executable");
      }
    }
  }

  private SegmentMap segments() {
    boolean shrinks = rounds <= SHRINKING_ROUNDS;
    return SegmentMap.make(ctxt.outputSections(), placer.segmentRules(), room, shrinks);
  }

  private boolean fitsRoom() {
    rounds++;
    int needed = segments().room();
    boolean fits = needed == room;
    room = needed;
    return fits;
  }

  /**
   * For a relocatable output: all sections by themselves, each at the address that is asked for.
   */
  public static void placeRelocatable(Context ctxt) {
    Placer placer = new Placer(ctxt, PlanItems.of(ctxt));
    placer.settle(0);
    placer.finish();
    MemoryUsage.print(ctxt, placer.regions());
  }

  /** Sections that are not loaded have got shorter: moves all of them together. */
  public static void placeUnloadedAgain(Context ctxt) {
    List<OutputSection> unloaded = new ArrayList<>();
    for (OutputSection s : ctxt.outputSections()) {
      if (!s.isAlloc()) {
        unloaded.add(s);
      }
    }
    unloaded.sort(Comparator.comparingLong(s -> s.offset)); // orphans stand among others
    long off = unloaded.getFirst().offset;
    for (OutputSection s : unloaded) {
      off = ElfClass.align(off, s.align());
      s.moveItems(ctxt.sections(), off - s.addr);
      s.addr = off;
      s.offset = off;
      off += s.length();
    }
    ctxt.moveUnloaded(MakeLayout.again(ctxt, off));
  }

  /** The address of the file's first byte, where it is loaded. */
  private long base(SegmentMap map) {
    for (ProgramHeaders.Header h : map.headers()) {
      if (h.type() == PT_LOAD && h.offset() == 0 && h.filesz() > 0) {
        return h.addr();
      }
    }
    int id = ctxt.names.find("__ehdr_start");
    if (id != 0
        && ctxt.symbols().kind(id) == SymbolTable.KIND_PROVIDED
        && ctxt.symbols().has(id, SymbolTable.STRONG_REF)) {
      ctxt.error(
          DiagnosticCode.UNDEFINED_SYMBOL,
          Location.NONE.symbol("__ehdr_start"),
          "undefined reference to '__ehdr_start': the linker script's layout does not load the"
              + " file's headers");
    }
    return 0;
  }
}
