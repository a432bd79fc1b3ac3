package io.jld.match;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.input.SectionNames;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.plan.InputSections;
import io.jld.plan.LayoutPlan;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OutputSectionStatement.Constraint;
import io.jld.plan.OverlayStatement;
import io.jld.plan.Statement;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the place of each input section in a script's layout: the first description that matches
 * its file, its name and its flags. What goes to {@code /DISCARD/}, and with {@code
 * --orphan-handling=discard} what no description matches, is not part of the output, as if it were
 * of a COMDAT group that was left out.
 */
public final class MatchSections {
  private final Context ctxt;
  private final List<OutputSectionStatement> sections = new ArrayList<>();
  private final List<Matching.Rule> all = new ArrayList<>();
  private final Rules rules;

  /**
   * By output section whether it takes input sections. At first all with constraints do: nearly
   * always all that is for those with ONLY_IF_RO is read only, and nothing is left for the others.
   */
  private boolean[] wanted = {};

  private KindRules byKind;

  /** Whether that was wrong. Set from any thread, and only ever to true. */
  private boolean strays;

  private final boolean gc;
  private final boolean discardsOrphans;
  private final ApartSections apart;
  private final boolean someApart;

  private MatchSections(Context ctxt, LayoutPlan plan) {
    this.ctxt = ctxt;
    this.gc = ctxt.option(LinkOption.GC_SECTIONS);
    this.discardsOrphans =
        ctxt.option(LinkOption.ORPHAN_HANDLING) == LinkOption.OrphanHandling.DISCARD;
    this.apart = new ApartSections(ctxt);
    this.someApart = apart.any();
    for (Statement s : plan.statements()) {
      if (s instanceof OutputSectionStatement o) {
        add(o);
      } else if (s instanceof OverlayStatement o) {
        o.sections().forEach(this::add);
      }
    }
    this.rules = new Rules(sections, all, ctxt.script::described);
  }

  /** Matches the inputs with the plan that is in force, and hands on the {@link Matching}. */
  public static void run(Context ctxt) {
    LayoutPlan plan = ctxt.script.plan();
    new MatchSections(ctxt, plan).match(plan);
  }

  private void match(LayoutPlan plan) {
    RuleIndex index = new RuleIndex(rules.all());
    wanted = new boolean[sections.size()];
    for (int s = 0; s < wanted.length; s++) {
      wanted[s] = constraint(s) != Constraint.SPECIAL;
    }
    int[] rule = new int[ctxt.sections().count()];
    matchAll(index, rule);
    if (strays) {
      for (int s = 0; s < wanted.length; s++) {
        wanted[s] = constraint(s) == Constraint.NONE || holds(s, index);
      }
      matchAll(index, rule);
    } else {
      for (int s = 0; s < wanted.length; s++) {
        wanted[s] &= constraint(s) != Constraint.ONLY_IF_RW;
      }
    }
    BitSet kept = gc ? kept(index) : new BitSet();
    Matching found = new Matching(plan, sections, rules, index, wanted, rule, kept);
    ctxt.handOn(found);
  }

  private Constraint constraint(int section) {
    return sections.get(section).constraint();
  }

  private void matchAll(RuleIndex index, int[] rule) {
    byKind = new KindRules(rules.all(), wanted);
    ctxt.tasks()
        .forRanges(
            ctxt.objects().size(),
            32,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                match(ctxt.objects().get(o), index, rule);
              }
            });
  }

  private void add(OutputSectionStatement section) {
    for (Statement s : section.body()) {
      if (s instanceof InputSections i) {
        all.add(new Matching.Rule(sections.size(), i));
      }
    }
    sections.add(section);
  }

  private void match(LinkedObject object, RuleIndex index, int[] rule) {
    ObjectFile f = object.file();
    SectionTable table = ctxt.sections();
    for (int i = 1, n = f.sectionCount(); i < n; i++) {
      int id = object.sectionId(i);
      if (!isContent(object, i)) {
        rule[id] = table.has(id, SectionTable.THROWN_AWAY) ? rule[id] : Matching.ORPHAN;
        continue;
      }
      rule[id] = ruleOf(f, i, index);
      strays |= rule[id] >= 0 && isStray(rule[id], f, i);
      if (rule[id] < 0 ? discardsOrphans : rules.discards(rule[id])) {
        table.clear(id, SectionTable.LIVE);
        table.set(id, SectionTable.DUPLICATE | SectionTable.THROWN_AWAY);
      }
    }
  }

  /** Whether a section is where the constraint does not let it be. */
  private boolean isStray(int rule, ObjectFile f, int i) {
    Constraint c = constraint(rules.get(rule).section());
    return c == Constraint.ONLY_IF_RW
        || (c == Constraint.ONLY_IF_RO && (f.flags(i) & SHF_WRITE) != 0);
  }

  private int ruleOf(ObjectFile f, int i, RuleIndex index) {
    if (someApart && apart.isApart(f, i)) {
      return apartRule(f, i, SectionNames.planned(f, i), index);
    }
    int r = byKind.of(f.kind(i));
    return r != KindRules.BY_NAME
        ? r
        : first(f, i, SectionNames.planned(f, i), index, sections.size());
  }

  /** The sections that {@code KEEP} names, which something is collected beside. */
  private BitSet kept(RuleIndex index) {
    BitSet kept = new BitSet();
    List<InputSections> keeping = new ArrayList<>();
    for (Matching.Rule r : rules.all()) {
      if (r.inputs().keep()) {
        keeping.add(r.inputs());
      }
    }
    boolean[] may = KindRules.mayMean(keeping);
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = 1, n = f.sectionCount(); i < n; i++) {
        if (may[f.kind(i).ordinal()]
            && isContent(object, i)
            && isNamedByKeep(f, i, SectionNames.planned(f, i), index)) {
          kept.set(object.sectionId(i));
        }
      }
    }
    return kept;
  }

  /** As in GNU ld, also where a description before it has taken the section. */
  private boolean isNamedByKeep(ObjectFile f, int section, String name, RuleIndex index) {
    for (int r : index.candidates(name)) {
      if (rules.get(r).inputs().keep() && rules.match(r, f, section, name)) {
        return true;
      }
    }
    return false;
  }

  private boolean isContent(LinkedObject object, int i) {
    int id = object.sectionId(i);
    return ctxt.sections().isLive(id)
        || (ctxt.kind() == OutputKind.RELOCATABLE
            && !ctxt.sections().has(id, SectionTable.DUPLICATE)
            && KeptSections.isKept(ctxt, object, i));
  }

  /** A member of a group is thrown away where the script says so, and else left alone. */
  private int apartRule(ObjectFile f, int i, String name, RuleIndex index) {
    int r = apart.isInGroup(f, i) ? first(f, i, name, index, sections.size()) : Matching.ORPHAN;
    return r >= 0 && rules.discards(r) ? r : Matching.ORPHAN;
  }

  /** The first rule of a section that belongs to one of the first output sections. */
  private int first(ObjectFile f, int section, String name, RuleIndex index, int end) {
    for (int r : index.candidates(name)) {
      int s = rules.get(r).section();
      if (s < end && wanted[s] && rules.match(r, f, section, name)) {
        return r;
      }
    }
    return Matching.ORPHAN;
  }

  /**
   * {@code ONLY_IF_RO}: no section that is left for the output section may be written; {@code
   * ONLY_IF_RW}: at least one may.
   */
  private boolean holds(int s, RuleIndex index) {
    if (sections.get(s).constraint() == Constraint.SPECIAL) {
      return false;
    }
    boolean readOnly = sections.get(s).constraint() == Constraint.ONLY_IF_RO;
    boolean keepDebug = ctxt.option(LinkOption.STRIP) == LinkOption.Strip.NONE;
    for (int id : writable(index, keepDebug).getOrDefault(s, List.of())) {
      ObjectFile f = ctxt.sections().object(id).file();
      int section = ctxt.sections().index(id);
      int r = first(f, section, SectionNames.planned(f, section), index, s + 1);
      if (r >= 0 && rules.get(r).section() == s) {
        return !readOnly;
      }
    }
    return readOnly;
  }

  /** By output section the writable input sections whose names it may mean. */
  private Map<Integer, List<Integer>> writable(RuleIndex index, boolean keepDebug) {
    if (writable == null) {
      writable = new HashMap<>();
      boolean[] may = constrainedKinds();
      for (LinkedObject object : ctxt.objects()) {
        ObjectFile f = object.file();
        for (int i = 1, n = f.sectionCount(); i < n; i++) {
          int id = object.sectionId(i);
          if ((f.flags(i) & SHF_WRITE) != 0
              && may[f.kind(i).ordinal()]
              && ctxt.sections().isLive(id)
              && (keepDebug || !SectionNames.isDebug(f, i))) {
            for (int r : index.candidates(SectionNames.planned(f, i))) {
              writable.computeIfAbsent(rules.get(r).section(), s -> new ArrayList<>()).add(id);
            }
          }
        }
      }
    }
    return writable;
  }

  private Map<Integer, List<Integer>> writable;

  /** By kind of section whether an output section with a constraint may want some of them. */
  private boolean[] constrainedKinds() {
    List<InputSections> constrained = new ArrayList<>();
    for (Matching.Rule r : rules.all()) {
      if (sections.get(r.section()).constraint() != Constraint.NONE) {
        constrained.add(r.inputs());
      }
    }
    return KindRules.mayMean(constrained);
  }
}
