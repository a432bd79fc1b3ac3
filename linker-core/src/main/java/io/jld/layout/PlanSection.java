package io.jld.layout;

import io.jld.model.OutputSection;
import io.jld.plan.Fill;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OverlayStatement;
import io.jld.plan.Statement;
import io.jld.synth.ScriptData;
import java.util.ArrayList;
import java.util.List;

/** An output section of a script's layout: what the script says of it, and what is in it. */
final class PlanSection implements PlanItem {
  /** A part of the section, in order. */
  sealed interface Part permits Contents, Assignment, DataPart, FillPart {}

  /**
   * Input sections and what the linker made.
   *
   * @param items as those of an {@link OutputSection}
   */
  record Contents(int[] items) implements Part {}

  /**
   * @param statement number of the statement in the list of assignments
   */
  record Assignment(int statement) implements Part {}

  record DataPart(int item, ScriptData data, Statement.Data statement) implements Part {}

  /** What gaps from here on are filled with. */
  record FillPart(Fill fill) implements Part {}

  /** Null for an orphan. */
  final OutputSectionStatement statement;

  /** Null where it is of no overlay. */
  final OverlayStatement overlay;

  final OutputSection out;
  final List<Part> parts = new ArrayList<>();

  /** Whether the output has it; what is assigned in it counts in any case. */
  boolean kept;

  PlanSection(OutputSectionStatement statement, OverlayStatement overlay, OutputSection out) {
    this.statement = statement;
    this.overlay = overlay;
    this.out = out;
  }

  String name() {
    return out.name();
  }
}
