package io.jld.plan;

import io.jld.plan.Statement.Formula;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is in a plan wherever it stands, in the order in which it does. */
final class PlanContents {
  private final List<Formula> formulas = new ArrayList<>();
  private final Set<String> symbols = new LinkedHashSet<>();
  private final List<InputSections> inputs = new ArrayList<>();

  PlanContents(LayoutPlan plan) {
    for (MemoryRegion r : plan.regions()) {
      add(r.origin());
      add(r.length());
    }
    for (HeaderStatement h : plan.headers()) {
      add(h.loadAddress());
      add(h.flags());
    }
    plan.statements().forEach(this::add);
    symbols.remove(".");
  }

  List<Formula> formulas() {
    return formulas;
  }

  List<InputSections> inputs() {
    return inputs;
  }

  Set<String> symbols() {
    return symbols;
  }

  private void add(Expression e) {
    if (e != null) {
      symbols.addAll(e.symbols());
    }
  }

  private void add(Fill fill) {
    if (fill != null) {
      add(fill.value());
    }
  }

  /** No switch over types, because that costs a cold start (docs/performance.md). */
  private void add(Statement statement) {
    if (statement instanceof Formula f) {
      formulas.add(f);
      add(f.expression());
    } else if (statement instanceof OutputSectionStatement o) {
      add(o);
    } else if (statement instanceof OverlayStatement o) {
      add(o);
    } else if (statement instanceof Statement.Data d) {
      add(d.value());
    } else if (statement instanceof Statement.SetFill f) {
      add(f.fill());
    } else if (statement instanceof InputSections i) {
      inputs.add(i);
    }
  }

  private void add(OutputSectionStatement o) {
    add(o.address());
    if (o.typeValue() != null && SectionConstants.type(o.typeValue().symbol()) < 0) {
      add(o.typeValue());
    }
    add(o.loadAddress());
    add(o.align());
    add(o.subalign());
    o.body().forEach(this::add);
    add(o.fill());
  }

  private void add(OverlayStatement o) {
    add(o.start());
    add(o.loadAddress());
    add(o.subalign());
    for (int i = 0; i < o.sections().size(); i++) {
      add(o.sections().get(i));
      add(o.symbols().get(2 * i));
      add(o.symbols().get(2 * i + 1));
    }
    add(o.fill());
  }
}
