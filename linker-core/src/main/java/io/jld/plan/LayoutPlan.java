package io.jld.plan;

import io.jld.link.DiagnosticCode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the output looks like: the statements in their order, which are walked one after the other,
 * and what they refer to. A script's plan is empty where the script says nothing of these things.
 *
 * @param statements those of {@code SECTIONS}, and assignments and assertions beside it
 * @param regions of {@code MEMORY}
 * @param headers of {@code PHDRS}; program headers are the linker's own where it is empty and
 *     {@link Flag#PHDRS} is not set
 */
public record LayoutPlan(
    List<Statement> statements,
    List<MemoryRegion> regions,
    List<RegionAlias> aliases,
    List<HeaderStatement> headers,
    Set<Flag> flags) {
  /** Says nothing. */
  public static final LayoutPlan EMPTY =
      new LayoutPlan(List.of(), List.of(), List.of(), List.of(), Set.of());

  public LayoutPlan {
    statements = List.copyOf(statements);
    regions = List.copyOf(regions);
    aliases = List.copyOf(aliases);
    headers = List.copyOf(headers);
    flags = Set.copyOf(flags);
  }

  /** What a script says by a word. */
  public enum Flag {
    /** There is {@code SECTIONS}, though it may be empty. */
    SECTIONS,
    /** There is {@code MEMORY}. */
    MEMORY,
    /** There is {@code PHDRS}: no program header is made but those that it names. */
    PHDRS,
    /** Common symbols get their place with {@code -r} too, as with {@code -d}. */
    FORCE_COMMON_ALLOCATION,
    /** They get none even in a final link: {@code --no-define-common}. */
    INHIBIT_COMMON_ALLOCATION,
    /** Section groups are dissolved with {@code -r} too. */
    FORCE_GROUP_ALLOCATION,
    /** {@code LD_FEATURE("SANE_EXPR")}: numbers are numbers outside of output sections too. */
    SANE_EXPR
  }

  public boolean has(Flag flag) {
    return flags.contains(flag);
  }

  /** Whether it changes another plan's order of sections, and has none itself. */
  public boolean isInsertion() {
    for (Statement s : statements) {
      if (s instanceof Statement.Insert) {
        return true;
      }
    }
    return false;
  }

  /**
   * This plan with what another one inserts; all else that the other one says comes before what
   * this one says.
   *
   * @param other of scripts with {@code INSERT}
   * @throws io.jld.link.LinkException where an output section that {@code INSERT} names is not
   *     there
   */
  public LayoutPlan with(LayoutPlan other) {
    LayoutPlan rest =
        new LayoutPlan(List.of(), other.regions, other.aliases, other.headers, other.flags);
    Builder all = new Builder().add(rest);
    Insertions.into(statements, other.statements).forEach(all::add);
    return all.add(new LayoutPlan(List.of(), regions, aliases, headers, flags)).build();
  }

  /**
   * This plan with more input sections at the beginning of its output sections.
   *
   * @param beginnings the output sections by name, each with what it begins with
   * @throws io.jld.link.LinkException where one is not there
   */
  public LayoutPlan beginning(List<OutputSectionStatement> beginnings) {
    List<Statement> all = new ArrayList<>(statements);
    for (OutputSectionStatement b : beginnings.reversed()) { // the first one comes first
      int at = 0;
      while (at < all.size()
          && !(all.get(at) instanceof OutputSectionStatement o && o.name().equals(b.name()))) {
        at++;
      }
      if (at == all.size()) {
        throw b.place()
            .error(
                DiagnosticCode.SCRIPT_COMMAND,
                "the layout has no output section '" + b.name() + "'");
      }
      all.set(at, ((OutputSectionStatement) all.get(at)).beginning(b.body()));
    }
    return withStatements(all);
  }

  /** The statements up to the last {@code INSERT}, alone. */
  public LayoutPlan insertions() {
    return EMPTY.withStatements(statements.subList(0, endOfInsertions()));
  }

  /** All else. */
  public LayoutPlan afterInsertions() {
    return withStatements(statements.subList(endOfInsertions(), statements.size()));
  }

  private int endOfInsertions() {
    int end = statements.size();
    while (end > 0 && !(statements.get(end - 1) instanceof Statement.Insert)) {
      end--;
    }
    return end;
  }

  /**
   * Whether it says where something in the output goes, beside what assignments make of symbols.
   */
  public boolean isLayout() {
    return isInsertion()
        || has(Flag.SECTIONS)
        || has(Flag.MEMORY)
        || has(Flag.PHDRS)
        || !aliases.isEmpty();
  }

  /** This plan with other statements. */
  public LayoutPlan withStatements(List<? extends Statement> others) {
    return new LayoutPlan(new ArrayList<>(others), regions, aliases, headers, flags);
  }

  /** What the last {@code ENTRY} in {@code SECTIONS} names; empty without. */
  public String entry() {
    for (int i = statements.size() - 1; i >= 0; i--) {
      if (statements.get(i) instanceof Statement.Entry e) {
        return e.symbol();
      }
    }
    return "";
  }

  /** All assignments and assertions, those in output sections among them, in their order. */
  public List<Statement.Formula> formulas() {
    return new PlanContents(this).formulas();
  }

  /** All descriptions of input sections, in their order. */
  public List<InputSections> inputs() {
    return new PlanContents(this).inputs();
  }

  /** All symbols that an expression refers to, but {@code .}; in their order. */
  public Set<String> symbols() {
    return new PlanContents(this).symbols();
  }

  /** The region of this name or alias; null where there is none. */
  public MemoryRegion region(String name) {
    String found = name;
    for (int i = aliases.size() - 1; i >= 0; i--) { // an alias may name another before it
      if (aliases.get(i).alias().equals(found)) {
        found = aliases.get(i).region();
      }
    }
    for (MemoryRegion r : regions) {
      if (r.name().equals(found)) {
        return r;
      }
    }
    return null;
  }

  /** The plan as a script that gives an equal plan, except for places. */
  @Override
  public String toString() {
    return new PlanPrinter().print(this);
  }

  /** Collects what scripts say. */
  public static final class Builder {
    private final List<Statement> statements = new ArrayList<>();
    private final List<MemoryRegion> regions = new ArrayList<>();
    private final List<RegionAlias> aliases = new ArrayList<>();
    private final List<HeaderStatement> headers = new ArrayList<>();
    private final Set<Flag> flags = EnumSet.noneOf(Flag.class);

    public Builder add(Statement statement) {
      statements.add(statement);
      return this;
    }

    public Builder add(MemoryRegion region) {
      regions.add(region);
      return this;
    }

    public Builder add(RegionAlias alias) {
      aliases.add(alias);
      return this;
    }

    public Builder add(HeaderStatement header) {
      headers.add(header);
      return this;
    }

    public Builder add(Flag flag) {
      flags.add(flag);
      return this;
    }

    /** All that another plan says, after what has been said. */
    public Builder add(LayoutPlan plan) {
      statements.addAll(plan.statements);
      regions.addAll(plan.regions);
      aliases.addAll(plan.aliases);
      headers.addAll(plan.headers);
      flags.addAll(plan.flags);
      return this;
    }

    public boolean has(Flag flag) {
      return flags.contains(flag);
    }

    public LayoutPlan build() {
      return new LayoutPlan(statements, regions, aliases, headers, flags);
    }
  }
}
