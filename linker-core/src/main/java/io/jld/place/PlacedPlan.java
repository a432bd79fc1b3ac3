package io.jld.place;

import io.jld.model.OutputSection;
import io.jld.plan.Fill;
import io.jld.plan.InputSections;
import io.jld.plan.MemoryRegion;
import io.jld.plan.Statement;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A script's statements with what came of them, for the link map. */
public final class PlacedPlan {
  /** What stands outside of output sections. */
  public sealed interface Entry permits Section, Assigned {}

  /** What stands in an output section. */
  public sealed interface Part permits Assigned, Pattern, Piece, Datum, Mask {}

  /**
   * An output section.
   *
   * @param isKept whether the output has it
   */
  public record Section(OutputSection out, boolean isKept, List<Part> parts) implements Entry {}

  /**
   * An assignment or an assertion.
   *
   * @param counts whether it was evaluated: a {@code PROVIDE} may not be
   * @param value what it came to, of the location counter where it stood afterwards; null for none
   */
  public record Assigned(Statement.Formula statement, boolean counts, Long value)
      implements Entry, Part {}

  /** A description of input sections, before those that match. */
  public record Pattern(InputSections inputs) implements Part {}

  /** An item of the output section. */
  public record Piece(int item) implements Part {}

  /**
   * Data.
   *
   * @param statement null for a string
   */
  public record Datum(int item, Statement.Data statement) implements Part {}

  /** {@code FILL}. */
  public record Mask(Fill fill) implements Part {}

  private final List<Entry> entries = new ArrayList<>();
  private final Map<MemoryRegion, long[]> extents = new IdentityHashMap<>();

  /**
   * @param assigned by number of the statement
   */
  PlacedPlan(List<PlanItem> items, Assigned[] assigned, Regions regions) {
    for (Regions.Region r : regions.all()) {
      extents.put(r.statement, new long[] {r.origin, r.length});
    }
    for (PlanItem item : items) {
      switch (item) {
        case PlanItem.Formula f -> entries.add(assigned[f.statement()]);
        case PlanSection p -> {
          List<Part> parts = new ArrayList<>();
          for (PlanSection.Part part : p.parts) {
            add(part, assigned, parts);
          }
          if (parts.isEmpty() && p.statement != null) {
            addPatterns(p, parts);
          }
          if (p.kept || p.statement != null) {
            entries.add(new Section(p.out, p.kept, parts));
          }
        }
      }
    }
  }

  /** What nothing matches. */
  private static void addPatterns(PlanSection p, List<Part> to) {
    for (Statement s : p.statement.body()) {
      if (s instanceof InputSections i) {
        to.add(new Pattern(i));
      }
    }
  }

  private static void add(PlanSection.Part part, Assigned[] assigned, List<Part> to) {
    switch (part) {
      case PlanSection.Contents c -> {
        if (c.inputs() != null) {
          to.add(new Pattern(c.inputs()));
        }
        for (int i : c.items()) {
          to.add(new Piece(i));
        }
      }
      case PlanSection.Assignment a -> to.add(assigned[a.statement()]);
      case PlanSection.DataPart d -> to.add(new Datum(d.item(), d.statement()));
      case PlanSection.FillPart f -> to.add(new Mask(f.fill()));
    }
  }

  /** Origin and length of a region. */
  public long[] extent(MemoryRegion region) {
    return extents.getOrDefault(region, new long[2]).clone();
  }

  /** All of it in the order of the script. */
  public List<Entry> entries() {
    return entries;
  }
}
