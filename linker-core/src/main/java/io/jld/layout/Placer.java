package io.jld.layout;

import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.OutputKind;
import io.jld.model.Assignments;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.plan.Expression;
import io.jld.plan.Fill;
import io.jld.plan.HeaderStatement;
import io.jld.plan.LayoutPlan;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.SectionRef;
import io.jld.plan.Statement;
import io.jld.plan.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks through a script's layout and gives everything its address, as GNU ld's manual has it. What
 * is asked before it is known is taken from the round before; the walk is repeated until nothing
 * changes, and once more to report what is wrong.
 */
final class Placer {
  /** A layout that has not settled by then never will. */
  private static final int MAX_ROUNDS = 64;

  private final Context ctxt;
  private final LayoutPlan plan;
  private final List<PlanItem> items;
  private final List<Statement.Formula> formulas;
  private final Regions regions;
  private final DataSegment data;
  private final PlaceScope scope;

  /** Whether sections without addresses are placed, all of whose orphans begin at 0. */
  private final boolean relocatable;

  /** By formula. */
  private final Value[] values;

  /** Program headers that there is room for, and whether the script asks for it. */
  private int room;

  private boolean usedHeaderSize;
  private long counter;

  /** The item where the placer is. */
  private int at;

  /** The section that was placed last, and whether the counter was assigned to since. */
  private PlanSection before;

  private boolean moved;
  private boolean last;
  private boolean changed;

  /** Where the zeros of the TLS segment that have been placed end. */
  private long tbssEnd;

  private OverlayPlace overlay;

  /** Of the section that is being placed, in the last round; null where nothing is filled. */
  private Gaps gaps;

  /** What gaps are filled with; null: as usual. */
  private byte[] pattern;

  Placer(Context ctxt, List<PlanItem> items) {
    this.ctxt = ctxt;
    this.items = items;
    this.plan = Matching.of(ctxt).plan();
    this.formulas = ctxt.assignments.statements();
    this.values = new Value[formulas.size()];
    this.relocatable = ctxt.kind() == OutputKind.RELOCATABLE;
    this.regions = new Regions(ctxt, plan);
    this.data = new DataSegment(ctxt.hasRelro());
    this.scope = new PlaceScope(ctxt, this, data);
  }

  /**
   * Places everything, and finds what the segments are to be.
   *
   * @param headers the number of program headers that there is room for
   * @throws LinkException where the layout does not settle
   */
  void settle(int headers) {
    room = headers;
    last = false;
    int rounds = 0;
    do {
      do {
        changed = false;
        walk();
        if (++rounds == MAX_ROUNDS) {
          throw new LinkException(
              Location.NONE,
              "the linker script's layout does not settle: addresses still change after "
                  + MAX_ROUNDS
                  + " rounds");
        }
      } while (changed);
    } while (data.settle());
  }

  /** Goes through it once more, and reports what is wrong. */
  void finish() {
    last = true;
    walk();
    regions.check();
    NearbySections nearby = new NearbySections(items);
    for (int i = 0; i < values.length; i++) {
      values[i] = nearby.move(values[i]);
    }
    ctxt.assignments.place(values);
  }

  /** What the segments depend on, as far as it is known. */
  SegmentRules segmentRules() {
    long[] relro = data.relro();
    return SegmentRules.of(
        ctxt,
        usedHeaderSize,
        relro == null ? 0 : relro[0],
        relro == null ? 0 : relro[1],
        headers());
  }

  private List<ScriptHeader> headers() {
    if (!plan.has(LayoutPlan.Flag.PHDRS)) {
      return null;
    }
    List<ScriptHeader> headers = new ArrayList<>();
    for (HeaderStatement h : plan.headers()) {
      Long at = h.loadAddress() == null ? null : number(h.loadAddress());
      Integer flags = h.flags() == null ? null : (int) number(h.flags());
      headers.add(
          new ScriptHeader(
              h.place(), h.name(), (int) h.type(), h.fileHeader(), h.programHeaders(), at, flags));
    }
    return headers;
  }

  private long number(Expression e) {
    if (e.symbol() != null && HeaderStatement.type(e.symbol()) >= 0) {
      return HeaderStatement.type(e.symbol());
    }
    Value v = scope.evaluate(e, null, Assignments.NONE);
    return v == null ? 0 : v.address();
  }

  LayoutPlan plan() {
    return plan;
  }

  Regions regions() {
    return regions;
  }

  DataSegment data() {
    return data;
  }

  long counter() {
    return counter;
  }

  boolean isLast() {
    return last;
  }

  long headerSize() {
    usedHeaderSize = true;
    return ctxt.elf.ehdrSize + (long) room * ctxt.elf.phdrSize;
  }

  Value value(int formula) {
    return values[formula];
  }

  /** The output section of a name, also if it is dropped; null where there is none. */
  PlanSection section(String name) {
    PlanSection dropped = null;
    for (PlanItem item : items) {
      if (item instanceof PlanSection p && p.name().equals(name)) {
        if (p.kept) {
          return p;
        }
        dropped = p;
      }
    }
    return dropped;
  }

  private void walk() {
    counter = 0;
    tbssEnd = 0;
    overlay = null;
    regions.start(scope);
    before = null;
    moved = false;
    for (at = 0; at < items.size(); at++) {
      switch (items.get(at)) {
        case PlanItem.Formula f -> {
          formula(f.statement(), null);
          regions.unnamed().current = counter;
        }
        case PlanSection p -> place(p);
      }
    }
  }

  // Formulas

  private void formula(int number, PlanSection in) {
    Statement.Formula f = formulas.get(number);
    if (!ctxt.assignments.counts(number)) {
      return;
    }
    OutputSection section = in == null ? null : in.out;
    Value v = scope.evaluate(f.expression(), section, number);
    if (f instanceof Statement.Assert a) {
      if (last && v != null && v.address() == 0 && v.number() == 0) {
        ctxt.error(a.place().location(), a.place().message(a.message()));
      }
      return;
    }
    Statement.Assign a = (Statement.Assign) f;
    if (a.isCounter()) {
      if (v != null) {
        move(v.in(scope.section()).address(), a, in);
      }
      return;
    }
    if (v != null) {
      v = v.in(scope.section());
    }
    if (!same(v, values[number])) {
      changed = true;
      values[number] = v;
    }
  }

  private static boolean same(Value a, Value b) {
    return a == null
        ? b == null
        : b != null && a.section() == b.section() && a.number() == b.number();
  }

  /**
   * The section that an address outside of sections belongs to: the one before, or the next one
   * once the location counter has been assigned to.
   */
  SectionRef counterSection() {
    PlanSection next = next();
    PlanSection found = before == null || (moved && next != null) ? next : before;
    return found == null ? SectionRef.ABSOLUTE : found.out;
  }

  private PlanSection next() {
    for (int i = at; i < items.size(); i++) {
      if (items.get(i) instanceof PlanSection p && p.kept && p.out.isAlloc()) {
        return p;
      }
    }
    return null;
  }

  private void move(long to, Statement.Assign a, PlanSection in) {
    if (in != null && Long.compareUnsigned(to, counter) < 0) {
      if (last) {
        ctxt.error(
            a.place().location(),
            a.place()
                .message(
                    "cannot move location counter backwards (from 0x"
                        + Long.toHexString(counter)
                        + " to 0x"
                        + Long.toHexString(to)
                        + ")"));
      }
      return;
    }
    counter = to;
    moved |= in == null;
  }

  // Output sections

  private void place(PlanSection p) {
    OutputSectionStatement s = p.statement;
    OutputSection out = p.out;
    long from = counter;
    boolean first = isFirst(p);
    Regions.Region region = regionOf(p);
    Expression address = first ? p.overlay.start() : s == null ? null : s.address();
    boolean fixed = address != null || overlay != null;
    if (address != null) {
      Value v = scope.evaluate(address, null, Assignments.NONE);
      counter = v == null ? counter : v.address();
    } else if (overlay != null) {
      counter = overlay.start;
    } else if (asked(out) != null) {
      counter = asked(out);
      fixed = true;
    } else if (!out.isAlloc() || (relocatable && s == null)) {
      counter = 0;
    } else if (!region.isDefault()) {
      counter = region.current;
    }
    if (!p.kept) {
      out.addr = counter;
      out.loadAddr = counter;
      parts(p);
      counter = address == null ? from : counter;
      overlay = first ? new OverlayPlace(out.addr) : overlay;
      leaveOverlay(p);
      return;
    }
    long unaligned = counter;
    long align = alignOf(s);
    if (out.isAlloc() || align > 1) {
      raise(out, align);
      counter = align(counter, fixed ? align : out.align());
    }
    boolean tbss = ProgramHeaders.isTbss(out);
    if (tbss) {
      counter = align(Math.max(counter, tbssEnd), out.align());
    }
    set(out, counter);
    overlay = first ? new OverlayPlace(counter) : overlay;
    loadAddress(p, region, counter - unaligned, align, fixed ? align : out.align());
    long start = counter;
    parts(p);
    if (out.size != counter - start) {
      out.size = counter - start;
      changed = true;
    }
    leave(p, region, from, tbss);
  }

  private void leave(PlanSection p, Regions.Region region, long start, boolean tbss) {
    OutputSection out = p.out;
    if (out.isAlloc()) {
      before = p;
      moved = false;
    }
    leaveOverlay(p);
    if (tbss) {
      tbssEnd = counter;
      counter = start;
    } else if (!out.isAlloc()) {
      counter = start;
    } else {
      region.current = counter;
      if (last && region.overflow() > 0) {
        ctxt.error(
            location(p),
            "section '"
                + out.name()
                + "' will not fit in region '"
                + region.statement.name()
                + "'");
      }
    }
    Regions.Region load = loadRegion(p);
    if (load != null && load != region && out.isAlloc() && !out.isNobits()) {
      load.current = out.loadAddr + out.size;
    }
  }

  private static Location location(PlanSection p) {
    return p.statement == null ? Location.NONE : p.statement.place().location();
  }

  private Regions.Region regionOf(PlanSection p) {
    return p.overlay != null && p.overlay.region() != null
        ? regions.named(p.statement, p.overlay.region())
        : regions.of(p.statement, p.out);
  }

  private Long asked(OutputSection out) {
    return ctxt.option(LinkOption.SECTION_START).get(out.name());
  }

  private long alignOf(OutputSectionStatement s) {
    if (s == null || s.align() == null) {
      return 1;
    }
    Value v = scope.evaluate(s.align(), null, Assignments.NONE);
    long a = v == null ? 1 : Math.max(1, v.number());
    if (last && (a & (a - 1)) != 0) {
      throw s.place().error("alignment " + a + " of section " + s.name() + " is no power of two");
    }
    return (a & (a - 1)) != 0 ? 1 : a;
  }

  private static void raise(OutputSection out, long align) {
    out.raiseAlign(align);
  }

  private void set(OutputSection out, long addr) {
    if (out.addr != addr) {
      out.addr = addr;
      changed = true;
    }
  }

  static long align(long x, long a) {
    return (x + a - 1) & -a;
  }

  // Load addresses

  private Regions.Region loadRegion(PlanSection p) {
    String name =
        p.overlay != null && p.overlay.loadRegion() != null
            ? p.overlay.loadRegion()
            : p.statement == null ? null : p.statement.loadRegion();
    return name == null ? null : regions.named(p.statement, name);
  }

  /**
   * {@code AT}, {@code AT>}; else it is as far from the address as that of the section before in
   * the same region.
   *
   * @param moved bytes that the address was moved by to be aligned
   * @param align what the script asks for
   * @param wanted what the address is aligned to
   */
  private void loadAddress(
      PlanSection p, Regions.Region region, long moved, long align, long wanted) {
    OutputSection out = p.out;
    long load = out.addr;
    Regions.Region in = loadRegion(p);
    Expression at =
        isFirst(p)
            ? p.overlay.loadAddress()
            : p.statement == null ? null : p.statement.loadAddress();
    if (at != null) {
      Value v = scope.evaluate(at, null, Assignments.NONE);
      load = v == null ? load : v.address();
    } else if (in != null) {
      boolean withInput = p.statement.alignWithInput();
      long by = in == region ? out.align() : align;
      load = withInput ? in.current + moved : align(in.current, by);
    } else if (out.isAlloc() && region.last != null) {
      OutputSection before = region.last.out;
      boolean back =
          Long.compareUnsigned(out.addr, before.addr) < 0
              && out.size != 0
              && Long.compareUnsigned(out.addr + out.size, before.addr) <= 0;
      if (!back && p.overlay != null && !isFirst(p)) {
        load = align(before.loadAddr + before.size, wanted);
      } else if (!back) {
        load = align(out.addr + before.loadAddr - before.addr, wanted);
      }
    }
    if (out.loadAddr != load) {
      out.loadAddr = load;
      changed = true;
    }
    boolean follows =
        out.size != 0
            || (region.last == null && out.addr != load)
            || (region.last != null && Long.compareUnsigned(out.addr, region.last.out.addr) >= 0);
    if (out.isAlloc() && follows) {
      region.last = p;
    }
  }

  // Contents

  private void parts(PlanSection p) {
    OutputSection out = p.out;
    long subalign = subalign(p);
    Fill fill = p.statement == null ? null : p.statement.fill();
    fill = fill == null && p.overlay != null ? p.overlay.fill() : fill;
    gaps = last && !out.isNobits() ? new Gaps(out.name()) : null;
    pattern = fill == null ? null : pattern(fill, out);
    for (PlanSection.Part part : p.parts) {
      switch (part) {
        case PlanSection.Contents c -> {
          for (int item : c.items()) {
            contents(out, item, subalign);
          }
        }
        case PlanSection.Assignment a -> {
          long from = counter;
          formula(a.statement(), p);
          gap(from);
        }
        case PlanSection.DataPart d -> {
          Synthetic y = d.data();
          y.setAddr(counter);
          if (d.statement() != null && last) {
            Value v = scope.evaluate(d.statement().value(), out, Assignments.NONE);
            d.data().setValue(v == null ? 0 : v.address());
          }
          counter += y.size();
        }
        case PlanSection.FillPart f -> pattern = pattern(f.fill(), out);
      }
    }
    if (gaps != null) {
      gaps.addTo(ctxt, out);
    }
  }

  private byte[] pattern(Fill fill, OutputSection out) {
    Value v = fill.value() == null ? null : scope.evaluate(fill.value(), out, Assignments.NONE);
    return fill.pattern(v == null ? 0 : v.address());
  }

  /** What the script fills from there to the counter. */
  private void gap(long from) {
    if (gaps != null && pattern != null && counter != from) {
      gaps.add(from, counter - from, pattern);
    }
  }

  private long subalign(PlanSection p) {
    Expression e =
        p.overlay != null && p.overlay.subalign() != null
            ? p.overlay.subalign()
            : p.statement == null ? null : p.statement.subalign();
    Value v = e == null ? null : scope.evaluate(e, null, Assignments.NONE);
    return v == null ? 0 : v.number();
  }

  private void contents(OutputSection out, int item, long subalign) {
    if (item < 0) {
      Synthetic y = out.synthetic(item);
      long a = subalign > 0 ? subalign : y.align();
      out.raiseAlign(a);
      advance(a);
      y.setAddr(counter);
      counter += y.size();
    } else {
      advance(subalign > 0 ? subalign : alignOf(out, item));
      ctxt.sections.addr[item] = counter;
      counter += ctxt.sections.size[item];
    }
  }

  /**
   * Bytes between the records of frames would be taken for their end: as they come from objects,
   * they follow each other closely.
   */
  private long alignOf(OutputSection out, int item) {
    long align = ctxt.alignOf(item);
    return relocatable && out.name().equals(".eh_frame") ? Math.min(4, align) : align;
  }

  private void advance(long align) {
    long from = counter;
    counter = align(counter, align);
    gap(from);
  }

  // Overlays

  private boolean isFirst(PlanSection p) {
    return p.overlay != null && p.statement == p.overlay.sections().getFirst();
  }

  /** Goes behind an overlay after its last section: as far as its largest one reaches. */
  private void leaveOverlay(PlanSection p) {
    if (p.overlay != null && overlay != null) {
      overlay.size = Math.max(overlay.size, p.kept ? p.out.size : 0);
      if (p.statement == p.overlay.sections().getLast()) {
        counter = overlay.start + overlay.size;
        overlay = null;
      }
    }
  }

  /** An overlay that is being placed. */
  private static final class OverlayPlace {
    final long start;
    long size;

    OverlayPlace(long start) {
      this.start = start;
    }
  }
}
