package io.jld.builtin;

import static io.jld.builtin.Parts.*;

import io.jld.plan.InputSections;
import io.jld.plan.LayoutPlan;
import io.jld.plan.OutputSectionStatement;
import java.util.List;

/**
 * The layout of {@code -r}: sections keep their names, which the final link goes by; the usual ones
 * stand in the order in which a program has them. All others follow as they come.
 */
public final class RelocatablePlan {
  private RelocatablePlan() {}

  public static LayoutPlan of(Machine machine) {
    LayoutPlan.Builder plan = new LayoutPlan.Builder().add(LayoutPlan.Flag.SECTIONS);
    for (String name :
        List.of(
            ".interp",
            ".note.gnu.build-id",
            machine.relPrefix() + ".dyn",
            ".init",
            ".plt",
            ".text",
            ".fini",
            ".rodata",
            ".rodata1",
            ".eh_frame_hdr")) {
      add(plan, name, inputs(name));
    }
    for (String name :
        List.of(".eh_frame", ".sframe", ".gcc_except_table", ".gnu_extab", ".exception_ranges")) {
      add(plan, name, keep(name));
    }
    for (String name :
        List.of(
            ".tdata", ".tbss", ".jcr", ".dynamic", ".got", ".got.plt", ".data", ".data1", ".bss")) {
      add(plan, name, inputs(name));
    }
    for (String name : DebugSections.COMMENTS) {
      add(plan, name, inputs(name));
    }
    for (String name : DebugSections.DWARF) {
      add(plan, name, inputs(name));
    }
    return plan.build();
  }

  private static void add(LayoutPlan.Builder plan, String name, InputSections inputs) {
    OutputSectionStatement.Builder s = new OutputSectionStatement.Builder(PLACE, name);
    plan.add(s.address(expression(number(0))).add(inputs).build());
  }
}
