package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.dynamic.LoaderTables;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.input.SectionNames;
import io.jld.link.LinkOption;
import io.jld.link.NameBytes;
import io.jld.link.OutputKind;
import io.jld.merge.MergePool;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.plan.InputSections;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OverlayStatement;
import io.jld.plan.Statement;
import io.jld.resolve.Commons;
import io.jld.symbol.SectionTable;
import io.jld.synth.ScriptData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the output's sections as a script says: each statement's input sections in the order of its
 * descriptions, what the linker makes among them, data, and then the orphans.
 */
public final class PlanSections {
  private final Context ctxt;
  private final Matching matching;
  private final List<PlanItem> items = new ArrayList<>();
  private final Map<String, PlanSection> byName = new LinkedHashMap<>();

  /** By rule the input sections, in the order of the link. */
  private final List<List<Integer>> inputs = new ArrayList<>();

  /** By rule what the linker made. */
  private final List<List<Synthetic>> made = new ArrayList<>();

  /** By rule the common symbols of files, which come after their sections. */
  private final List<Map<ObjectFile, Commons>> commons = new ArrayList<>();

  private final List<Integer> orphans = new ArrayList<>();
  private final List<Synthetic> madeOrphans = new ArrayList<>();
  private final Map<Statement, Integer> numbers = new IdentityHashMap<>();

  private PlanSections(Context ctxt) {
    this.ctxt = ctxt;
    this.matching = Matching.of(ctxt);
    for (int i = 0; i < matching.rules().size(); i++) {
      inputs.add(new ArrayList<>());
      made.add(new ArrayList<>());
      commons.add(new LinkedHashMap<>());
    }
  }

  /** The layout's items in order. */
  public static List<PlanItem> make(Context ctxt) {
    return make(ctxt, MadeContents.all(ctxt));
  }

  /**
   * As {@link #make(Context)}.
   *
   * @param all what the linker makes, if it is needed
   */
  public static List<PlanItem> make(Context ctxt, List<Synthetic> all) {
    PlanSections p = new PlanSections(ctxt);
    p.deal(all);
    p.walk();
    new Orphans(ctxt, p.items, p.byName).place(p.orphans, p.madeOrphans);
    p.finish();
    return p.items;
  }

  // Which rule has what

  private void deal(List<Synthetic> all) {
    boolean keepDebug = ctxt.option(LinkOption.STRIP) == LinkOption.Strip.NONE;
    SectionTable sections = ctxt.sections;
    for (ObjectFile f : ctxt.objects) {
      for (int i = 1, n = f.sectionCount(); i < n; i++) {
        int id = f.firstSection() + i;
        if (!sections.isLive(id)) {
          continue;
        }
        if (!keepDebug && SectionNames.isDebug(f, i)) {
          sections.clear(id, SectionTable.LIVE);
        } else if (matching.ruleOf(id) >= 0) {
          inputs.get(matching.ruleOf(id)).add(id);
        } else {
          orphans.add(id);
        }
      }
    }
    Map<Synthetic, Integer> pools = poolRules();
    for (Synthetic s : all) {
      boolean dropped =
          (s.flags() & SHF_ALLOC) == 0 && !keepDebug && s.section().startsWith(".debug");
      if (s instanceof Commons c && c.isNeeded(ctxt)) {
        c.byFile(ctxt).forEach(this::deal);
      } else if (!dropped && s.isNeeded(ctxt)) {
        deal(s, pools.getOrDefault(s, Matching.ORPHAN));
      }
    }
  }

  private void deal(ObjectFile f, Commons c) {
    int rule = matching.ruleFor(f, c.pattern(), c.flags());
    rule = rule < 0 ? matching.ruleFor(f, c.section(), c.flags()) : rule;
    if (rule < 0) {
      madeOrphans.add(c);
    } else if (!isDiscarded(rule)) {
      commons.get(rule).put(f, c);
    }
  }

  /**
   * The name by which scripts mean it. What a static program applies itself stands between symbols
   * of its own ({@code __rela_iplt_start}).
   */
  private String patternOf(Synthetic s) {
    boolean own = s == LoaderTables.of(ctxt).relPlt() && !ctxt.isDynamic();
    return own ? ctxt.arch().info().relPrefix() + ".iplt" : s.section();
  }

  private boolean isDiscarded(int rule) {
    return matching.sections().get(matching.rules().get(rule).section()).isDiscard();
  }

  /** Merged content stands where the first of its input sections would. */
  private Map<Synthetic, Integer> poolRules() {
    MergePools pools = MergePools.of(ctxt);
    Map<Synthetic, Integer> rules = new HashMap<>();
    for (ObjectFile f : ctxt.objects) {
      for (int i = 1, n = f.sectionCount(); i < n && pools.hasPieces(f); i++) {
        MergePool pool = pools.of(f, i);
        if (pool != null) {
          rules.putIfAbsent(pool, matching.ruleOf(f.firstSection() + i));
        }
      }
    }
    return rules;
  }

  private void deal(Synthetic s, int known) {
    int rule = known;
    if (rule < 0) {
      rule = matching.ruleFor(null, patternOf(s), s.flags());
      rule = rule < 0 ? matching.ruleFor(null, s.section(), s.flags()) : rule;
    }
    if (rule < 0) {
      madeOrphans.add(s);
    } else if (!isDiscarded(rule)) {
      made.get(rule).add(s);
    }
  }

  // The statements

  private void walk() {
    List<Statement.Formula> formulas = ctxt.assignments.statements();
    for (int i = 0; i < formulas.size(); i++) {
      numbers.put(formulas.get(i), i);
    }
    int section = 0;
    int rule = 0;
    for (Statement s : matching.plan().statements()) {
      if (s instanceof Statement.Formula f) {
        items.add(new PlanItem.Formula(numbers.get(f)));
      } else if (s instanceof OutputSectionStatement o) {
        rule = add(o, null, section++, rule);
      } else if (s instanceof OverlayStatement overlay) {
        for (int i = 0; i < overlay.sections().size(); i++) {
          rule = add(overlay.sections().get(i), overlay, section++, rule);
          items.add(new PlanItem.Formula(numbers.get(overlay.symbols().get(2 * i))));
          items.add(new PlanItem.Formula(numbers.get(overlay.symbols().get(2 * i + 1))));
        }
      }
    }
  }

  /** Adds a section, whose rules have numbers from {@code rule}; gives the next one's. */
  private int add(OutputSectionStatement o, OverlayStatement overlay, int section, int rule) {
    boolean skipped = o.isDiscard() || !matching.isWanted(section);
    PlanSection p = skipped ? null : byName.get(o.name());
    if (p == null && !skipped) {
      p = new PlanSection(o, overlay, newSection(o.name()));
      byName.put(o.name(), p);
      items.add(p);
    }
    int next = rule;
    for (Statement s : o.body()) {
      int r = s instanceof InputSections ? next++ : -1;
      if (p != null) {
        addPart(p, s, r);
      }
    }
    return next;
  }

  private OutputSection newSection(String name) {
    OutputSection s = new OutputSection(name, ctxt.outputSections.size());
    ctxt.outputSections.add(s);
    return s;
  }

  private void addPart(PlanSection p, Statement s, int rule) {
    switch (s) {
      case InputSections i -> addContents(p, i, rule);
      case Statement.Formula f -> {
        p.parts.add(new PlanSection.Assignment(numbers.get(f)));
        p.kept |=
            f instanceof Statement.Assign a
                && (a.isCounter() ? !isSelf(a) : keepsEmpty(ctxt) && !a.provide());
      }
      case Statement.Data d -> addData(p, ScriptData.ofWidth(p.name(), d.width().bytes()), d);
      case Statement.Asciz a -> {
        byte[] text = NameBytes.bytes(a.text());
        addData(p, new ScriptData(p.name(), Arrays.copyOf(text, text.length + 1)), null);
      }
      case Statement.SetFill f -> p.parts.add(new PlanSection.FillPart(f.fill()));
      default -> {} // says nothing of ELF
    }
  }

  /** {@code . = .}: moves nothing, and keeps no section. */
  private static boolean isSelf(Statement.Assign a) {
    return ".".equals(a.expression().symbol());
  }

  private void addData(PlanSection p, ScriptData data, Statement.Data statement) {
    p.out.add(data);
    p.parts.add(new PlanSection.DataPart(~(p.out.synthetics().size() - 1), data, statement));
    p.kept = true;
  }

  private void addContents(PlanSection p, InputSections i, int rule) {
    int[] ids = inputs.get(rule).stream().mapToInt(Integer::intValue).toArray();
    ids = SortInputs.sort(ctxt, i, ids);
    int before = p.out.itemCount();
    Map<ObjectFile, Commons> left = commons.get(rule);
    for (int k = 0; k < ids.length; k++) {
      ObjectFile f = ctxt.sections.object(ids[k]);
      addBefore(p, left, f.order());
      add(ctxt, p.out, ids[k]);
      p.kept |= ctxt.sections.size[ids[k]] > 0 || i.keep() || keepsEmpty(ctxt);
      if (k + 1 == ids.length || ctxt.sections.object(ids[k + 1]) != f) {
        addCommons(p, left.remove(f));
      }
    }
    left.values().forEach(c -> addCommons(p, c));
    for (Synthetic s : made.get(rule)) {
      p.out.add(s);
      p.kept = true;
    }
    p.parts.add(
        new PlanSection.Contents(Arrays.copyOfRange(p.out.items(), before, p.out.itemCount())));
  }

  /** Those of files before the given one that have no section here. */
  private void addBefore(PlanSection p, Map<ObjectFile, Commons> left, int order) {
    for (ObjectFile f : List.copyOf(left.keySet())) {
      if (f.order() < order) {
        addCommons(p, left.remove(f));
      }
    }
  }

  /** A relocatable output has the empty sections of its inputs, too. */
  static boolean keepsEmpty(Context ctxt) {
    return ctxt.kind() == OutputKind.RELOCATABLE;
  }

  private static void addCommons(PlanSection p, Commons c) {
    if (c != null) {
      p.out.add(c);
      p.kept = true;
    }
  }

  /** Adds an input section to an output section, constructors in the order that it wants. */
  static void add(Context ctxt, OutputSection out, int id) {
    ObjectFile f = ctxt.sections.object(id);
    int i = ctxt.sections.index(id);
    int type = f.type(i);
    boolean array = out.name().equals(".init_array") || out.name().equals(".fini_array");
    if (array && SectionNames.reversed(f, i)) {
      ctxt.sections.set(id, SectionTable.REVERSED);
      type = out.name().equals(".init_array") ? SHT_INIT_ARRAY : SHT_FINI_ARRAY;
    }
    out.add(id, type, f.flags(i), Decompress.align(f, i), f.entsize(i));
    ctxt.sections.out[id] = out.number();
  }

  // What the script says of the sections themselves

  private void finish() {
    ctxt.outputs = ctxt.outputSections.toArray(OutputSection[]::new);
    List<OutputSection> order = new ArrayList<>();
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
        if (p.kept) {
          order.add(p.out);
          p.out.index = order.size();
        }
      }
    }
    ctxt.outputSections = order;
    if (ctxt.kind() != OutputKind.RELOCATABLE) {
      LoaderTables.of(ctxt).dynamic().collectIfNeeded(ctxt);
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
