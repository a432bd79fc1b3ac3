package io.jld.place;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.OutputKind;
import io.jld.match.Matching;
import io.jld.model.Assignments;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.plan.Expression;
import io.jld.plan.HeaderStatement;
import io.jld.plan.LayoutPlan;
import io.jld.plan.Node;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.Place;
import io.jld.plan.SectionRef;
import io.jld.plan.Statement;
import io.jld.plan.Value;
import io.jld.segment.ScriptHeader;
import io.jld.segment.SegmentRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Walks through a script's layout and gives everything its address, as GNU ld's manual has it. What
 * is asked before it is known is taken from the round before; the walk is repeated until nothing
 * changes, once more to report what is wrong, and once more to find the symbols' values.
 */
public final class Placer {
  /** A layout that has not settled by then never will. */
  private static final int MAX_ROUNDS = 64;

  private static final int[] NOTHING = {};

  /** What a walk is for. */
  enum Phase {
    /** To find out which sections have something. */
    MARK,
    PLACE,
    /** To report what is wrong. */
    CHECK,
    /** Sections have their places; to find what symbols are worth. */
    VALUES
  }

  private final Context ctxt;
  private final LayoutPlan plan;
  private final PlanItems all;
  private final List<PlanItem> items;
  private final List<Statement.Formula> formulas;
  private final Regions regions;
  private final LoadAddresses loads;
  private final DataSegment data;
  private final CounterSections counterSections;
  private final PlaceScope scope;
  private final SectionContents contents;

  /** Output sections by their names; a constraint may leave several of one name. */
  private final Map<String, List<PlanSection>> byName = new HashMap<>();

  /** Whether sections without addresses are placed, all of whose orphans begin at 0. */
  private final boolean relocatable;

  /** By formula whether it stands outside of output sections. */
  private final boolean[] outside;

  /** By formula: what others see. */
  private final Value[] values;

  /** By formula: the value in its section. */
  private final Value[] placed;

  /** By formula: the number, which is the location counter's where that is assigned to. */
  private final Long[] found;

  /** Program headers that there is room for, and whether the script asks for it. */
  private int room;

  private boolean usedHeaderSize;
  private long counter;

  /** The item where the placer is. */
  private int at;

  private int nextFormula;

  private Phase phase = Phase.MARK;

  /** What {@link #chain()} finds, once that is asked for. */
  private int[] chain;

  private boolean changed;

  /**
   * Whether the walk has read a value before its own turn to get it: only then a change makes
   * another round necessary.
   */
  private boolean readAhead;

  /** By formula the last walk that has evaluated it; walks count from 1. */
  private final int[] walkOf;

  private int walks;

  /** Whether the last expression's address has found a section outside of sections. */
  private boolean asksForSection;

  /** The section before in the script, and its load region. */
  private PlanSection before;

  private Regions.Region loadBefore;

  /** Where the zeros of the TLS segment that have been placed end. */
  private long tbssEnd;

  private OverlayPlace overlay;

  public Placer(Context ctxt, PlanItems all) {
    this.ctxt = ctxt;
    this.all = all;
    this.items = all.walked();
    this.plan = Matching.of(ctxt).plan();
    this.formulas = ctxt.assignments.statements();
    this.values = new Value[formulas.size()];
    this.placed = new Value[formulas.size()];
    this.found = new Long[formulas.size()];
    this.walkOf = new int[formulas.size()];
    this.relocatable = ctxt.kind() == OutputKind.RELOCATABLE;
    this.regions = new Regions(ctxt, plan);
    this.loads =
        new LoadAddresses(regions, relocatable, ctxt.option(LinkOption.SECTION_START).keySet());
    this.data = new DataSegment(ctxt.hasRelro() && all.hasRelro());
    this.counterSections = new CounterSections(items, all.order(), formulas);
    this.outside = new boolean[formulas.size()];
    this.scope = new PlaceScope(ctxt, this, data);
    this.contents = new SectionContents(ctxt, this, scope, relocatable);
    for (PlanItem item : items) {
      // no switch over types here and below, because that costs a cold start (docs/performance.md)
      if (item instanceof PlanSection p) {
        byName.computeIfAbsent(p.name(), n -> new ArrayList<>(1)).add(p);
      } else if (item instanceof PlanItem.Formula f) {
        outside[f.statement()] = true;
      }
    }
  }

  // Rounds

  /** Finds what does not fit into memory regions, and asks whether it moves. */
  public void findOverflow(Overflow overflow) {
    phase = Phase.MARK;
    contents.setOverflow(overflow);
    walk();
  }

  /** Finds out which sections have something, or are to be kept without. */
  public void mark() {
    phase = Phase.MARK;
    walk();
    for (PlanItem item : items) {
      if (item instanceof PlanSection p) {
        p.kept |= p.isMade() && (p.moves || p.out.size > 0);
        p.out.size = 0;
      }
    }
    scope.markRelro(items);
    all.setRelro(scope.hasRelro(items));
  }

  /**
   * Places everything, and finds what the segments are to be.
   *
   * @param headers the number of program headers that there is room for
   * @throws LinkException where the layout does not settle
   */
  public void settle(int headers) {
    room = headers;
    phase = Phase.PLACE;
    int rounds = 0;
    data.restart();
    chain = chain == null ? chain() : chain;
    do {
      do {
        changed = false;
        readAhead = false;
        walk();
        changed &= readAhead;
        for (int i : changed ? chain : NOTHING) {
          formula(i, null);
        }
        if (++rounds == MAX_ROUNDS) {
          throw new LinkException(
              DiagnosticCode.UNSETTLED_LAYOUT,
              Location.NONE,
              "the linker script's layout does not settle: addresses still change after "
                  + MAX_ROUNDS
                  + " rounds");
        }
      } while (changed);
    } while (data.settle(ctxt.outputSections()));
  }

  /**
   * What a symbol that the script assigns is worth after the last walk; 0 where it has no value.
   * From any thread.
   */
  public synchronized long valueOf(String symbol) {
    Value v = scope.valueOf(symbol);
    return v == null ? 0 : v.address();
  }

  /** Whether the plan says itself where RELRO begins and ends; once it has been walked through. */
  public boolean marksRelro() {
    return scope.marksRelro();
  }

  /**
   * The statements outside of sections that say nothing of the location counter, each after those
   * that it refers to. Going through them once more gives all of a long chain their values, where
   * the walk finds that of one in each round.
   */
  private int[] chain() {
    int[] found = new int[formulas.size()];
    int count = 0;
    BitSet known = new BitSet();
    for (int i : ctxt.assignments.order()) {
      Set<String> symbols = outside[i] ? ctxt.assignments.references(i) : Set.of(".");
      if (!symbols.contains(".")) {
        for (String symbol : symbols) {
          int seen = ctxt.assignments.seenBy(i, symbol);
          boolean unknown = seen != Assignments.NONE && outside[seen] && !known.get(seen);
          if (unknown && ctxt.script.isBuiltIn()) {
            throw formulas
                .get(i)
                .expression()
                .place()
                .error(
                    DiagnosticCode.SCRIPT_EXPRESSION,
                    "the symbol '" + symbol + "' depends on itself");
          }
        }
        found[count++] = i;
      }
      known.set(i);
    }
    return Arrays.copyOf(found, count);
  }

  /** Goes through it once more, and reports what is wrong. */
  public void finish() {
    phase = Phase.CHECK;
    walk();
    regions.check();
    phase = Phase.VALUES;
    counterSections.restart();
    walk();
    DroppedSections dropped = new DroppedSections(ctxt);
    for (int i = 0; i < placed.length; i++) {
      placed[i] = inKept(placed[i], dropped);
    }
    if (ctxt.script.isBuiltIn()) {
      for (int i : chain) {
        placed[i] = placed[i] == null ? null : inSection(i);
      }
    }
    ctxt.assignments.place(placed);
    boolean maps = ctxt.option(LinkOption.MAP) != null || ctxt.script.printsMap();
    if (maps && (!ctxt.script.isBuiltIn() || ctxt.script.edits())) {
      ctxt.handOn(new PlacedPlan(all.list(), assigned(), regions));
    }
  }

  private PlacedPlan.Assigned[] assigned() {
    PlacedPlan.Assigned[] all = new PlacedPlan.Assigned[formulas.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = new PlacedPlan.Assigned(formulas.get(i), ctxt.assignments.counts(i), found[i]);
    }
    return all;
  }

  /**
   * Beside a built-in layout, the value of {@code f + 4} belongs to the section of f, as in lld: it
   * moves with the output, which an absolute symbol does not. GNU ld leaves it absolute.
   */
  private Value inSection(int statement) {
    Expression e = formulas.get(statement).expression();
    MovingSection moving =
        new MovingSection(
            symbol -> sectionOf(statement, symbol),
            name -> section(name) == null ? null : section(name).out,
            c -> scope.evaluate(new Expression(e.place(), c), null, statement).number() != 0,
            !relocatable);
    SectionRef section = moving.of(e);
    if (section == null && relocatable) {
      throw e.place()
          .error(DiagnosticCode.SCRIPT_EXPRESSION, "the value is relative to more than a section");
    }
    Value v = placed[statement];
    return section instanceof OutputSection s ? new Value(s, v.address() - s.addr) : v;
  }

  private SectionRef sectionOf(int statement, String symbol) {
    int seen = ctxt.assignments.seenBy(statement, ctxt.assignments.meant(symbol));
    if (seen != Assignments.NONE) {
      return placed[seen] == null ? null : placed[seen].section();
    }
    Place at = formulas.get(statement).expression().place();
    Value v = scope.evaluate(new Expression(at, new Node.Sym(symbol)), null, statement);
    return v == null ? null : v.section();
  }

  private static Value inKept(Value v, DroppedSections dropped) {
    if (v == null || !(v.section() instanceof OutputSection s) || !dropped.has(s)) {
      return v;
    }
    OutputSection near = dropped.neighbour(s, v.address());
    return near == null ? v.toAbsolute() : new Value(near, v.address() - near.addr);
  }

  private void walk() {
    walks++;
    counter = 0;
    tbssEnd = 0;
    nextFormula = 0;
    overlay = null;
    data.begin();
    if (phase != Phase.VALUES) {
      regions.start(scope);
    }
    before = null;
    loadBefore = null;
    for (at = 0; at < items.size(); at++) {
      PlanItem item = items.get(at);
      if (item instanceof PlanItem.Formula f) {
        formula(f.statement(), null);
        regions.unnamed().current = counter;
      } else if (phase == Phase.VALUES) {
        visit((PlanSection) item);
      } else {
        place((PlanSection) item);
      }
    }
  }

  // What others ask

  /** What the segments depend on, as far as it is known. */
  public SegmentRules segmentRules() {
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

  public Regions regions() {
    return regions;
  }

  long counter() {
    return counter;
  }

  /** The number after that of the last formula so far. */
  int nextFormula() {
    return nextFormula;
  }

  void setCounter(long address) {
    counter = address;
  }

  /** The item where the placer is. */
  int position() {
    return at;
  }

  /** Something is read that may get its value only later in the walk. */
  void readAhead() {
    readAhead = true;
  }

  /** Whether this walk has evaluated a formula already. */
  boolean hasWalked(int formula) {
    return walkOf[formula] == walks;
  }

  /** Whether what is not known is an error now. */
  boolean isLast() {
    return phase == Phase.CHECK || phase == Phase.VALUES;
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
    for (PlanSection p : byName.getOrDefault(name, List.of())) {
      if (p.isMade()) {
        if (p.kept) {
          return p;
        }
        dropped = p;
      }
    }
    return dropped;
  }

  /** Whether the script, or an orphan, has an output section of the name, be there one or not. */
  boolean describes(String name) {
    for (PlanItem item : all.list()) {
      if (item instanceof PlanSection p && p.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** The section that an address outside of sections belongs to, once all have their places. */
  SectionRef counterSection() {
    if (phase != Phase.VALUES) {
      return SectionRef.ABSOLUTE;
    }
    asksForSection = true;
    return counterSections.at(at);
  }

  // Formulas

  void formula(int number, PlanSection in) {
    nextFormula = number + 1;
    Statement.Formula f = formulas.get(number);
    if (phase == Phase.VALUES && in == null && f instanceof Statement.Assign a && a.isCounter()) {
      counterSections.move();
    }
    if (!ctxt.assignments.counts(number)) {
      return;
    }
    asksForSection = false;
    Value v = scope.evaluate(f.expression(), in == null ? null : in.out, number);
    walkOf[number] = walks;
    found[number] = v == null ? null : v.address();
    if (f instanceof Statement.Assert a) {
      if (phase == Phase.VALUES && v != null && v.address() == 0 && v.number() == 0) {
        ctxt.error(
            DiagnosticCode.SCRIPT_ASSERTION, a.place().location(), a.place().message(a.message()));
      }
      return;
    }
    Statement.Assign a = (Statement.Assign) f;
    if (a.isCounter()) {
      if (in != null && phase == Phase.MARK) {
        markMoved(a, v, in);
      }
      if (v != null) {
        move(v.in(scope.section()).address(), a, in);
      }
      found[number] = counter;
      return;
    }
    if (in != null && phase == Phase.MARK) {
      in.namesSymbols = true;
    }
    if (v == null && !isLast()) {
      // others may depend on it all the same
      readAhead = true;
      v = values[number] == null ? Value.ofNumber(0) : values[number];
    }
    v = v == null ? null : v.in(scope.section());
    placed[number] = v;
    if (phase == Phase.VALUES && !ctxt.script.isBuiltIn()) {
      CopiedTypes.copy(ctxt, number, scope.onlySymbol());
    }
    Value seen = asksForSection && v != null ? v.toAbsolute() : v;
    if (!same(seen, values[number])) {
      changed = true;
      values[number] = seen;
    }
  }

  private static boolean same(Value a, Value b) {
    return a == null
        ? b == null
        : b != null && a.section() == b.section() && a.number() == b.number();
  }

  /** A section in which the location counter is assigned to is kept, unless that moves nothing. */
  private void markMoved(Statement.Assign a, Value v, PlanSection in) {
    boolean start = v != null && v.in(scope.section()).address() == in.out.addr;
    if (!start || !a.expression().saysNothing(scope::isZero)) {
      in.moves = true;
    }
  }

  private void move(long to, Statement.Assign a, PlanSection in) {
    if (in == null) {
      counter = to;
      return;
    }
    if (Long.compareUnsigned(to, counter) < 0) {
      if (phase == Phase.CHECK) {
        ctxt.error(
            DiagnosticCode.COUNTER_BACKWARDS,
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
    if (isIgnored(in)) {
      return;
    }
    if (to != counter && in.takeSpace()) {
      SectionAttributes.setFlags(
          in, ctxt.elf.wordSize); // it was not known to have any when the sections were made
      changed = true;
      readAhead = true;
    }
    counter = to;
  }

  // Output sections

  private boolean isIgnored(PlanSection p) {
    return phase != Phase.MARK && p.isIgnored();
  }

  private void place(PlanSection p) {
    OutputSectionStatement s = p.statement;
    OutputSection out = p.out;
    boolean first = isFirst(p);
    Expression address = first ? p.overlay.start() : s == null ? null : s.address();
    boolean fixed = true;
    Long asked = asked(out);
    if (asked != null) {
      counter = asked;
    } else if (address != null) {
      Value v = scope.evaluate(address, null, Assignments.NONE);
      counter = v == null ? counter : v.address();
    } else if (overlay != null) {
      counter = overlay.start;
    } else if (s == null && (relocatable || (p.traits() & Traits.ALLOC) == 0)) {
      counter = 0;
    } else {
      fixed = false;
    }
    Regions.Region load = loads.regionFor(p, before, loadBefore);
    before = p;
    loadBefore = load;
    if (!p.isMade()) {
      overlay = first ? new OverlayPlace(counter) : overlay;
      leaveOverlay(p);
      return;
    }
    long from = counter;
    Regions.Region region = regionOf(p, fixed);
    out.region = region.statement;
    long ownAlign = alignOf(s);
    out.raiseAlign(ownAlign);
    if (!fixed) {
      counter = region.current;
    }
    long align = fixed ? ownAlign : out.align();
    long unaligned = counter;
    counter = ElfClass.align(counter, align);
    boolean tbss = (p.traits() & (Traits.TLS | Traits.LOAD)) == Traits.TLS;
    if (tbss && asked != null && phase == Phase.CHECK && ctxt.script.isBuiltIn()) {
      ctxt.error(
          DiagnosticCode.SECTION_PLACE,
          location(p),
          "section " + p.name() + " has no address: each thread has its own");
    }
    if (tbss && Long.compareUnsigned(tbssEnd, counter) > 0) {
      counter = ElfClass.align(tbssEnd, out.align());
    }
    long moved = counter - unaligned;
    set(out, counter);
    overlay = first ? new OverlayPlace(counter) : overlay;
    long start = counter;
    contents.place(p, phase, region);
    if (out.size != counter - start) {
      out.size = counter - start;
      changed = true;
    }
    setLoadAddress(p, region, load, moved, align, ownAlign);
    if (isIgnored(p)) {
      counter = from;
      leaveOverlay(p);
      return;
    }
    tbssEnd = tbss ? counter : tbssEnd;
    counter = tbss ? start : counter;
    long size = counter - start;
    leaveOverlay(p);
    leave(p, region, load, size);
  }

  private void setLoadAddress(
      PlanSection p,
      Regions.Region region,
      Regions.Region load,
      long moved,
      long align,
      long ownAlign) {
    Long at = null;
    Expression says = isFirst(p) ? p.overlay.loadAddress() : LoadAddresses.at(p);
    if (says != null) {
      Value v = scope.evaluate(says, null, Assignments.NONE);
      at = v == null ? p.out.addr : v.address();
    }
    long address = loads.of(p, at, region, load, moved, align, ownAlign);
    if (p.out.loadAddr != address) {
      p.out.loadAddr = address;
      changed = true;
    }
    loads.follow(p, region, load, isFirst(p));
  }

  private Regions.Region regionOf(PlanSection p, boolean fixed) {
    OutputSectionStatement s = LoadAddresses.statement(p);
    String name = LoadAddresses.region(p);
    if (name != null) {
      return regions.named(s, name);
    }
    if (fixed) {
      return regions.unnamed();
    }
    Regions.Region region = regions.like(p.traits());
    boolean inNone =
        region.isDefault()
            && !regions.all().isEmpty()
            && !isIgnored(p)
            && !Traits.isIgnored(p.traits());
    if (inNone && phase == Phase.CHECK && !relocatable) {
      ctxt.error(
          DiagnosticCode.MEMORY_REGION,
          location(p),
          "no memory region is specified for loadable section '" + p.name() + "'");
    }
    return region;
  }

  private void leave(PlanSection p, Regions.Region region, Regions.Region load, long size) {
    if ((p.traits() & (Traits.ALLOC | Traits.LOAD)) == 0) {
      return;
    }
    region.current = counter;
    if (phase == Phase.CHECK && region.overflow() > 0) {
      ctxt.error(
          DiagnosticCode.REGION_OVERFLOW,
          location(p),
          "section '" + p.name() + "' will not fit in region '" + region.statement.name() + "'");
    }
    boolean withInput =
        LoadAddresses.statement(p) != null && LoadAddresses.statement(p).alignWithInput();
    if (load != null && load != region && ((p.traits() & Traits.LOAD) != 0 || withInput)) {
      load.current = p.out.loadAddr + size;
    }
  }

  private static Location location(PlanSection p) {
    return p.statement == null ? Location.NONE : p.statement.place().location();
  }

  private Long asked(OutputSection out) {
    return ctxt.option(LinkOption.SECTION_START).get(out.name());
  }

  private long alignOf(OutputSectionStatement s) {
    if (s == null || s.align() == null) {
      return 1;
    }
    Value v = scope.evaluate(s.align(), null, Assignments.NONE);
    return v == null ? 1 : power(v.number());
  }

  /** The next power of two, as GNU ld has it. */
  static long power(long a) {
    return a <= 1 ? 1 : Long.highestOneBit(a - 1) << 1;
  }

  private void set(OutputSection out, long addr) {
    if (out.addr != addr) {
      out.addr = addr;
      changed = true;
    }
  }

  /** Goes through a section that has its place. */
  private void visit(PlanSection p) {
    if (!p.isMade()) {
      overlay = isFirst(p) ? new OverlayPlace(counter) : overlay;
      leaveOverlay(p);
      return;
    }
    counterSections.enter(p);
    long from = counter;
    counter = p.out.addr;
    contents.place(p, phase, null);
    counter = from;
    if (!p.isIgnored()) {
      boolean tbss = (p.traits() & (Traits.TLS | Traits.LOAD)) == Traits.TLS;
      counter = p.out.addr + (tbss ? 0 : p.out.size);
    }
    overlay = isFirst(p) ? new OverlayPlace(p.out.addr) : overlay;
    leaveOverlay(p);
  }

  // Overlays

  private static boolean isFirst(PlanSection p) {
    return p.overlay != null && p.statement == p.overlay.sections().getFirst();
  }

  /** After an overlay's last section goes to its end: as far as its largest one reaches. */
  private void leaveOverlay(PlanSection p) {
    if (p.overlay != null && overlay != null) {
      overlay.size = Math.max(overlay.size, p.isMade() && p.kept ? p.out.size : 0);
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
