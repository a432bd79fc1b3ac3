package io.jld.report;

import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.place.PlacedPlan;
import io.jld.plan.Fill;
import io.jld.plan.Statement;
import io.jld.synth.ScriptData;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The part of the link map that goes through the output by a script's statements: each is shown,
 * and what it came to.
 */
final class ScriptRows {
  private final Context ctxt;
  private final MapSections sections;
  private final Consumer<String> sink;

  ScriptRows(Context ctxt, MapSections sections, Consumer<String> sink) {
    this.ctxt = ctxt;
    this.sections = sections;
    this.sink = sink;
  }

  /** Prints it; returns the sections that have been shown. */
  Set<OutputSection> print(PlacedPlan plan) {
    Set<OutputSection> shown = new HashSet<>();
    for (PlacedPlan.Entry e : plan.entries()) {
      MapRows rows = rows();
      switch (e) {
        case PlacedPlan.Assigned a -> assigned(a, rows);
        case PlacedPlan.Section s -> {
          shown.add(s.out());
          section(s, rows);
        }
      }
      rows.lines().forEach(sink);
    }
    return shown;
  }

  private MapRows rows() {
    return new MapRows(ctxt.elf.is64());
  }

  private static void assigned(PlacedPlan.Assigned a, MapRows rows) {
    String text = MapExpression.of(a.statement());
    if (!a.counts()) {
      rows.noSymbol("[!provide]", text);
    } else if (a.value() == null) {
      rows.noSymbol("*undef*", text);
    } else {
      rows.assignment(a.value(), text);
    }
  }

  private void section(PlacedPlan.Section s, MapRows rows) {
    OutputSection out = s.out();
    rows.line("");
    if (s.isKept()) {
      boolean moved = out.isAlloc() && out.loadAddr != out.addr;
      rows.output(out.name(), out.seen(out.addr), out.size, moved ? out.loadAddr : null);
    } else {
      rows.line(out.name());
    }
    Contents contents = new Contents(out, rows);
    for (PlacedPlan.Part part : s.parts()) {
      switch (part) {
        case PlacedPlan.Pattern p -> rows.line(" " + p.inputs().pattern());
        case PlacedPlan.Assigned a -> {
          assigned(a, rows);
          if (a.statement() instanceof Statement.Assign assign
              && assign.isCounter()
              && a.value() != null) {
            contents.moved(a.value());
          }
        }
        case PlacedPlan.Piece p -> contents.piece(p.item());
        case PlacedPlan.Datum d -> contents.datum(d.item(), d.statement());
        case PlacedPlan.Mask m -> rows.line(" FILL mask " + mask(m.fill()));
      }
    }
    contents.gaps(-1);
  }

  private static String mask(Fill fill) {
    return fill.value() == null ? fill.toString() : MapExpression.of(fill.value());
  }

  /**
   * Goes through the items of a section, and shows what lies between those that the statements
   * account for.
   */
  private final class Contents {
    private final OutputSection out;
    private final MapRows rows;
    private int next;
    private long end;

    Contents(OutputSection out, MapRows rows) {
      this.out = out;
      this.rows = rows;
      this.end = out.addr;
    }

    /** What the script fills up to an address. */
    void gaps(long limit) {
      while (next < out.itemCount()
          && isGap(out.item(next))
          && Long.compareUnsigned(out.synthetic(out.item(next)).addr(), limit) < 0) {
        gap(out.item(next++));
      }
    }

    /** What the location counter has skipped. */
    void moved(long counter) {
      gaps(counter);
      long from = out.seen(end);
      if (Long.compareUnsigned(counter, from) > 0) {
        rows.fill(from, counter - from);
        end += counter - from;
      }
    }

    private boolean isGap(int item) {
      return item < 0 && out.synthetic(item) instanceof ScriptData d && d.isGap();
    }

    private void gap(int item) {
      ScriptData d = (ScriptData) out.synthetic(item);
      rows.fill(out.seen(d.addr()), d.size(), d.pattern());
      end = d.addr() + d.size();
    }

    private void before(int item, long addr) {
      gaps(addr);
      if (next < out.itemCount() && out.item(next) == item) {
        next++;
      }
      if (addr > end) {
        rows.fill(out.seen(end), addr - end);
      }
    }

    void piece(int item) {
      long addr = sections.addrOf(out, item);
      before(item, addr);
      sections.piece(out, item, rows);
      end = addr + sections.sizeOf(out, item);
    }

    void datum(int item, Statement.Data statement) {
      Synthetic y = out.synthetic(item);
      before(item, y.addr());
      String text = statement == null ? "ASCIZ" : statement.width().name();
      if (statement != null) {
        String value = "0x" + Long.toHexString(((ScriptData) y).value());
        String written = MapExpression.of(statement.value());
        text += " " + value + (written.equals(value) ? "" : " " + written);
      }
      rows.datum(out.seen(y.addr()), y.size(), text);
      end = y.addr() + y.size();
    }
  }
}
