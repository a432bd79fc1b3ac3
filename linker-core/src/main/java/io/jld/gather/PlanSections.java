package io.jld.gather;

import static io.jld.elf.Elf.*;

import io.jld.dynamic.LoaderTables;
import io.jld.frame.EhFrame;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.input.SectionKind;
import io.jld.input.SectionNames;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.match.Matching;
import io.jld.merge.MergePool;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.place.Placer;
import io.jld.place.PlanItem;
import io.jld.place.PlanItems;
import io.jld.place.PlanSection;
import io.jld.place.SectionAttributes;
import io.jld.place.Traits;
import io.jld.plan.Expression;
import io.jld.plan.InputSections;
import io.jld.plan.LayoutPlan;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OverlayStatement;
import io.jld.plan.Statement;
import io.jld.resolve.Commons;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import io.jld.synth.ScriptData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the output's sections as a script says: each statement's input sections in the order of its
 * descriptions, what the linker makes among them, data, and then the orphans.
 */
public final class PlanSections {
  private final Context ctxt;
  private final Matching matching;
  private final List<PlanItem> items = new ArrayList<>();
  private final Map<String, PlanSection> byName = new LinkedHashMap<>();

  /** Those that there are, in the order of the file. */
  private final List<PlanSection> order = new ArrayList<>();

  /** By rule what it has; null where that is nothing so far. */
  private final Items[] inputs;

  private final Items orphans = new Items();

  /** What is no input section. */
  private final List<Input> others = new ArrayList<>();

  private final Map<Statement, Integer> numbers = new IdentityHashMap<>();

  /** Null in a relocatable output. */
  private final MergePools pieces;

  private final EhFrame frames;
  private final boolean hasFrames;

  /** Null where each item has one place. */
  private final Spread spread;

  /** Whether it is said of orphans what the options ask for. */
  private final boolean reports;

  private PlanSections(Context ctxt, Spread spread, boolean reports) {
    this.ctxt = ctxt;
    this.spread = spread;
    this.reports = reports;
    boolean relocatable = ctxt.kind() == OutputKind.RELOCATABLE;
    this.pieces = relocatable ? null : MergePools.of(ctxt);
    this.frames = relocatable ? null : EhFrame.of(ctxt);
    this.matching = Matching.of(ctxt);
    this.hasFrames = frames != null && frames.isNeeded(ctxt);
    this.inputs = new Items[matching.rules().size()];
  }

  /**
   * Makes the sections of the output, and hands on the {@link PlanItems}.
   *
   * @param all what the linker makes, if it is needed
   */
  public static void make(Context ctxt, List<Synthetic> all) {
    Spread spread = Spread.of(ctxt);
    boolean moves = spread != null;
    while (moves) {
      PlanSections trial = new PlanSections(ctxt, spread, false);
      trial.gather(all);
      moves = spread.overflows(new Placer(ctxt, trial.planItems()));
      ctxt.outputSections().clear();
    }
    PlanSections p = new PlanSections(ctxt, spread, true);
    p.gather(all);
    p.finish();
  }

  private void gather(List<Synthetic> all) {
    deal(all);
    walk();
    placeOrphans();
  }

  // Which rule has what

  private void deal(List<Synthetic> all) {
    List<Synthetic> left = new ArrayList<>();
    Map<LinkedObject, List<Commons>> commons = new HashMap<>();
    for (Synthetic s : all) {
      if (s instanceof Commons c && c.isNeeded(ctxt)) {
        c.byFile(ctxt)
            .forEach((o, part) -> commons.computeIfAbsent(o, x -> new ArrayList<>()).add(part));
      } else if (!(s instanceof MergePool) && s != frames) {
        left.add(s);
      }
    }
    List<Input> made = MadeSections.inOrder(ctxt, left);
    ObjectFile first = ctxt.objects().isEmpty() ? null : ctxt.objects().getFirst().file();
    Set<Synthetic> pools = new HashSet<>();
    for (LinkedObject o : ctxt.objects()) {
      ObjectFile f = o.file();
      deal(o, pools);
      for (Commons c : commons.getOrDefault(o, List.of())) {
        int rule = ruleOf(f, c, c.pattern());
        deal(Input.of(f, c), spread == null ? rule : spread.ruleOf(o, c, rule));
      }
      if (f == first) {
        made.forEach(m -> deal(first, m));
      }
    }
    if (first == null) {
      made.forEach(m -> deal(first, m)); // libraries alone make a library, too
    }
    if (pieces != null && ctxt.script.isBuiltIn()) {
      for (MergePool pool : pieces.pools()) {
        if (pool.isNeeded(ctxt) && pools.add(pool)) {
          deal(Input.of(null, pool), ruleOf(null, pool, pool.section())); // the linker's own alone
        }
      }
    }
    if (hasFrames && pools.add(frames)) {
      deal(first, Input.of(null, frames));
    }
  }

  /**
   * The sections of an object. Merged content stands where the first of its input sections would.
   */
  private void deal(LinkedObject object, Set<Synthetic> pools) {
    ObjectFile f = object.file();
    SectionTable sections = ctxt.sections();
    boolean keepDebug = ctxt.option(LinkOption.STRIP) == LinkOption.Strip.NONE;
    boolean merged = pieces != null && pieces.hasPieces(object);
    for (int i = 1, n = f.sectionCount(); i < n; i++) {
      int id = object.sectionId(i);
      Synthetic pool = merged ? pieces.of(object, i) : null;
      if (sections.has(id, SectionTable.EH_FRAME) && !sections.isLive(id) && hasFrames) {
        pool = frames;
      }
      if (pool != null) {
        if (reports && matching.isOrphan(id)) {
          Orphans.report(ctxt, Input.of(ctxt, id)); // its content stands with others'
        }
        if (pools.add(pool) && pool.isNeeded(ctxt)) {
          int rule = matching.ruleOf(id);
          rule = rule < 0 ? ruleOf(f, pool, pool.section()) : rule;
          deal(Input.of(f, pool), spread == null ? rule : spread.ruleOf(id, pool, rule));
        }
      } else if (sections.isLive(id)) {
        if (!keepDebug && SectionNames.isDebug(f, i)) {
          sections.clear(id, SectionTable.LIVE);
        } else {
          int rule = matching.ruleOf(id);
          deal(id, spread == null ? rule : spread.ruleOf(id, null, rule));
        }
      }
    }
  }

  /** What the linker makes counts as the first object's. */
  private void deal(ObjectFile first, Input made) {
    boolean dropped =
        (made.flags() & SHF_ALLOC) == 0
            && ctxt.option(LinkOption.STRIP) != LinkOption.Strip.NONE
            && made.name().startsWith(".debug");
    if (!dropped) {
      deal(made, ruleOf(first, made));
    }
  }

  private void deal(Input input, int rule) {
    if (rule >= 0 && matching.discards(rule)) {
      if (input.made() instanceof Commons c) {
        for (int id : c.ids()) {
          ctxt.symbols().flag(id, SymbolTable.DISCARDED);
        }
      }
      return;
    }
    others.add(input);
    deal(~(others.size() - 1), rule);
  }

  private void deal(int item, int rule) {
    if (rule < 0) {
      orphans.add(item);
    } else if (!matching.discards(rule)) {
      inputs[rule] = inputs[rule] == null ? new Items() : inputs[rule];
      inputs[rule].add(item);
    }
  }

  private Input input(int item) {
    return item < 0 ? others.get(~item) : Input.of(ctxt, item);
  }

  private void placeOrphans() {
    List<Input> all = new ArrayList<>();
    for (int i = 0; i < orphans.count(); i++) {
      all.add(input(orphans.get(i)));
    }
    new Orphans(ctxt, items, byName, order).place(all, reports);
  }

  private int ruleOf(ObjectFile f, Synthetic s, String pattern) {
    return matching.ruleFor(f, pattern, s instanceof Commons ? 0 : s.flags());
  }

  /** Nothing but its name means what the linker says of itself. */
  private int ruleOf(ObjectFile f, Input made) {
    if (made.made() != null && made.name().equals(".comment")) {
      return matching.ruleNaming(made.name());
    }
    int rule = matching.ruleFor(f, made.pattern(), made.flags());
    return rule < 0 ? matching.ruleFor(f, made.name(), made.flags()) : rule;
  }

  // The statements

  private void walk() {
    List<Statement.Formula> formulas = ctxt.assignments.statements();
    for (int i = 0; i < formulas.size(); i++) {
      numbers.put(formulas.get(i), i);
    }
    List<PlanSection> sections = new ArrayList<>();
    for (Statement s : matching.plan().statements()) {
      if (s instanceof Statement.Formula f) {
        items.add(new PlanItem.Formula(numbers.get(f)));
      } else if (s instanceof OutputSectionStatement o) {
        sections.add(add(o, null, sections.size()));
      } else if (s instanceof OverlayStatement overlay) {
        for (int i = 0; i < overlay.sections().size(); i++) {
          sections.add(add(overlay.sections().get(i), overlay, sections.size()));
          items.add(new PlanItem.Formula(numbers.get(overlay.symbols().get(2 * i))));
          items.add(new PlanItem.Formula(numbers.get(overlay.symbols().get(2 * i + 1))));
        }
      }
    }
    if (ctxt.kind() != OutputKind.RELOCATABLE && !ctxt.script.isBuiltIn()) {
      makeAsked();
    }
    fill(sections);
  }

  /**
   * Sections whose addresses options give are first in the file; those that the script does not
   * have stand last in memory, so that their addresses change no others.
   */
  private void makeAsked() {
    for (String name : ctxt.option(LinkOption.SECTION_START).keySet()) {
      PlanSection p = byName.get(name);
      if (p == null) {
        p = new PlanSection(null, null, newSection(name));
        byName.put(name, p);
        items.add(p);
      }
      make(p, 0);
    }
  }

  /** Adds a section to the items and gives it; two statements of one name are two sections. */
  private PlanSection add(OutputSectionStatement o, OverlayStatement overlay, int section) {
    if (o.isDiscard() || !matching.isWanted(section)) {
      return null;
    }
    PlanSection p = new PlanSection(o, overlay, newSection(o.name()));
    byName.putIfAbsent(o.name(), p);
    items.add(p);
    return p;
  }

  private OutputSection newSection(String name) {
    OutputSection s = new OutputSection(name, ctxt.outputSections().size());
    ctxt.outputSections().add(s);
    return s;
  }

  /** Puts into the sections what the statements say, one after the other. */
  private void fill(List<PlanSection> sections) {
    int section = 0;
    int rule = 0;
    for (Statement s : matching.plan().statements()) {
      if (s instanceof Statement.Formula f) {
        makeMentioned(f.expression());
      } else if (s instanceof OutputSectionStatement o) {
        rule = fill(sections.get(section++), o, rule);
      } else if (s instanceof OverlayStatement overlay) {
        for (OutputSectionStatement o : overlay.sections()) {
          rule = fill(sections.get(section++), o, rule);
        }
      }
    }
  }

  /** The rules of the section have numbers from {@code rule}; gives the next one's. */
  private int fill(PlanSection p, OutputSectionStatement o, int rule) {
    int next = rule;
    for (Statement s : o.body()) {
      int r = s instanceof InputSections ? next++ : -1;
      if (p != null) {
        addPart(p, s, r);
      } else if (o.isDiscard() && (s instanceof Statement.Assign || s instanceof Statement.Data)) {
        throw o.place()
            .error(
                DiagnosticCode.SCRIPT_COMMAND,
                "/DISCARD/ takes input sections, no assignments and no data");
      }
    }
    return next;
  }

  /** Makes a section, whose place in the file is after all that there are. */
  private void make(PlanSection p, int traits) {
    if (p.make(traits)) {
      made(p);
    }
  }

  private void made(PlanSection p) {
    order.add(p);
    if (p.statement != null) {
      makeMentioned(p.statement.address());
      makeMentioned(p.statement.loadAddress());
    }
  }

  /** A section that an expression asks about is one, even if it has nothing. */
  private void makeMentioned(Expression e) {
    if (e != null) {
      for (String name : e.sections()) {
        PlanSection p = byName.get(name);
        if (p != null) {
          make(p, 0);
        }
      }
    }
  }

  /** No switch over types, because that costs a cold start (docs/performance.md). */
  private void addPart(PlanSection p, Statement s, int rule) {
    if (s instanceof InputSections i) {
      addContents(p, i, rule);
    } else if (s instanceof Statement.Formula f) {
      make(p, 0);
      makeMentioned(f.expression());
      p.parts.add(new PlanSection.Assignment(numbers.get(f)));
      p.kept |= keepsEmpty(ctxt) && f instanceof Statement.Assign a && !a.provide();
    } else if (s instanceof Statement.Data d) {
      makeMentioned(d.value());
      addData(p, ScriptData.ofWidth(p.name(), d.width().bytes()), d);
    } else if (s instanceof Statement.Asciz a) {
      addData(p, new ScriptData(p.name(), a.bytes()), null);
    } else {
      make(p, 0); // other statements say nothing of ELF
      if (s instanceof Statement.SetFill f) {
        p.parts.add(new PlanSection.FillPart(f.fill()));
      }
    }
  }

  private void addData(PlanSection p, ScriptData data, Statement.Data statement) {
    boolean known = p.isMade();
    p.takeData();
    if (!known) {
      made(p);
    }
    p.out.add(data);
    p.parts.add(new PlanSection.DataPart(~(p.out.synthetics().size() - 1), data, statement));
  }

  private void addContents(PlanSection p, InputSections i, int rule) {
    Items found = inputs[rule];
    int before = p.out.itemCount();
    if (found != null && SortInputs.isSorted(ctxt, i)) {
      List<Input> all = new ArrayList<>();
      for (int n = 0; n < found.count(); n++) {
        all.add(input(found.get(n)));
      }
      for (Input input : SortInputs.sort(ctxt, i, all)) {
        take(p, input.id() == 0 ? input : null, input.id());
      }
    } else if (found != null) {
      takeAll(p, found);
    }
    p.kept |= i.keep() && found != null;
    if (p.isMade()) {
      p.parts.add(
          new PlanSection.Contents(
              i, Arrays.copyOfRange(p.out.items(), before, p.out.itemCount())));
    }
  }

  /** Most input sections are as the one before, of which all but the alignment is known then. */
  private void takeAll(PlanSection p, Items found) {
    SectionTable sections = ctxt.sections();
    SectionKind kind = null;
    int type = 0;
    long flags = 0;
    long entsize = 0;
    for (int n = 0; n < found.count(); n++) {
      int id = found.get(n);
      ObjectFile f = id < 0 ? null : sections.object(id).file();
      int i = id < 0 ? 0 : sections.index(id);
      if (f != null
          && f.kind(i) == kind
          && f.type(i) == type
          && f.flags(i) == flags
          && f.entsize(i) == entsize) {
        p.out.addAlike(id, f.align(i));
        sections.out[id] = p.out.number();
        continue;
      }
      take(p, f == null ? others.get(~id) : null, id);
      boolean plain = f != null && isPlain(f, i);
      kind = plain ? f.kind(i) : null;
      type = plain ? f.type(i) : 0;
      flags = plain ? f.flags(i) : 0;
      entsize = plain ? f.entsize(i) : 0;
    }
  }

  /** Whether nothing counts but kind, type, flags, alignment and size of entries. */
  private static boolean isPlain(ObjectFile f, int section) {
    return switch (f.kind(section)) {
      case OTHER, LINKONCE, CTORS, DTORS, ZDEBUG -> false;
      default -> (f.flags(section) & SHF_COMPRESSED) == 0;
    };
  }

  /**
   * @param made what is no input section; null for one
   */
  private void take(PlanSection p, Input made, int id) {
    boolean known = p.isMade();
    if (made != null) {
      take(ctxt, p, made);
    } else {
      take(ctxt, p, id);
    }
    if (!known) {
      made(p);
    }
  }

  /** Puts an input section, or what the linker makes, at the end of an output section. */
  static void take(Context ctxt, PlanSection p, Input input) {
    if (input.id() != 0) {
      take(ctxt, p, input.id());
      return;
    }
    p.take(input.traits(), input.type());
    p.out.raiseAlign(input.align());
    if (input.made() != null) {
      p.out.add(input.made());
      p.kept |= !(input.made() instanceof Commons) || input.made().size() > 0;
    }
  }

  private static void take(Context ctxt, PlanSection p, int id) {
    ObjectFile f = ctxt.sections().object(id).file();
    int i = ctxt.sections().index(id);
    int type = f.type(i);
    p.take(Traits.of(f, i), type);
    if (SectionNames.reversed(f, i)) {
      ctxt.sections().clear(id, SectionTable.REVERSED); // it may have been elsewhere before
      boolean init = p.name().equals(".init_array");
      if (init || p.name().equals(".fini_array")) {
        ctxt.sections().set(id, SectionTable.REVERSED);
        type = init ? SHT_INIT_ARRAY : SHT_FINI_ARRAY;
      }
    }
    p.out.add(id, type, f.flags(i), Decompress.align(f, i), f.entsize(i));
    ctxt.sections().out[id] = p.out.number();
    p.kept |= keepsEmpty(ctxt) || ctxt.option(LinkOption.EMIT_RELOCS); // some may refer to it
  }

  /** A relocatable output has the empty sections of its inputs, too, and one with relocations. */
  static boolean keepsEmpty(Context ctxt) {
    return ctxt.kind() == OutputKind.RELOCATABLE;
  }

  // What the script says of the sections themselves

  /** What the placer walks through, of the sections as they have been gathered. */
  private PlanItems planItems() {
    ctxt.setOutputs(ctxt.outputSections().toArray(OutputSection[]::new));
    PlanSection text = byName.get(".text");
    if (text != null && ctxt.kind() != OutputKind.RELOCATABLE) {
      text.setReadOnly(!(ctxt.option(LinkOption.MAGIC) == LinkOption.Magic.OMAGIC));
    }
    PlanItems all = new PlanItems(items);
    all.prune(matching.plan().has(LayoutPlan.Flag.MEMORY));
    return all;
  }

  private void finish() {
    boolean relocatable = ctxt.kind() == OutputKind.RELOCATABLE;
    PlanItems all = planItems();
    ctxt.handOn(all);
    Placer placer = new Placer(ctxt, all);
    placer.mark();
    if (placer.marksRelro() && all.hasRelro()) {
      padRelro();
      all.prune(matching.plan().has(LayoutPlan.Flag.MEMORY));
    }
    if (!relocatable) {
      alignThreadLocal();
    }
    List<String> headers = null;
    for (PlanItem item : items) {
      if (item instanceof PlanSection p) {
        SectionAttributes.apply(ctxt, p);
        headers = headerNames(p, headers);
        if (p.kept
            && (p.out.isAlloc() || p.statement != null && !p.statement.headers().isEmpty())) {
          p.out.headerNames = headers;
          headers = null;
        }
      }
    }
    List<OutputSection> kept = new ArrayList<>();
    for (PlanSection p : order) {
      if (p.kept) {
        kept.add(p.out);
        p.out.index = kept.size();
      }
    }
    ctxt.setOutputSections(kept);
    all.setOrder(order);
    if (!relocatable) {
      LoaderTables.of(ctxt).dynamic().collectIfNeeded(ctxt);
    }
  }

  /** Fills the last page of what is read only once it is relocated, where there is a section. */
  private void padRelro() {
    PlanSection p = byName.get(RelroPadding.SECTION);
    if (p == null) {
      return;
    }
    boolean known = p.isMade();
    p.out.isRelro = true;
    take(ctxt, p, Input.of(null, new RelroPadding(ctxt)));
    p.parts.add(new PlanSection.Contents(null, new int[] {p.out.item(p.out.itemCount() - 1)}));
    if (!known) {
      order.add(placeInOrder(p), p);
    }
  }

  /** Where a section goes in the order of the file: after those that stand before it. */
  private int placeInOrder(PlanSection p) {
    int at = 0;
    for (PlanItem item : items) {
      if (item == p) {
        break;
      }
      at = item instanceof PlanSection s && s.isMade() ? order.indexOf(s) + 1 : at;
    }
    return at;
  }

  /** The segment of thread-local data is aligned as strictly as any of its sections. */
  private void alignThreadLocal() {
    PlanSection first = null;
    for (PlanSection p : order) {
      boolean tls = p.kept && (p.traits() & Traits.TLS) != 0;
      if (tls && first == null) {
        first = p;
      } else if (tls) {
        first.out.raiseAlign(p.out.align());
      } else if (p.kept && first != null) {
        return;
      }
    }
  }

  /** What the script says of a section that is dropped goes for the next one. */
  private static List<String> headerNames(PlanSection p, List<String> before) {
    List<String> own = p.statement == null ? List.of() : p.statement.headers();
    if (own.isEmpty() && p.overlay != null) {
      own = p.overlay.headers();
    }
    return own.isEmpty() ? before : own;
  }
}
