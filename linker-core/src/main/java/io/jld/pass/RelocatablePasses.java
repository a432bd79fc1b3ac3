package io.jld.pass;

import io.jld.arch.ObjectMerge;
import io.jld.content.CollectGarbage;
import io.jld.content.ExecStack;
import io.jld.content.MergeObjects;
import io.jld.content.MergeProperties;
import io.jld.frame.EhFrame;
import io.jld.frame.EhRecords;
import io.jld.frame.SplitEhFrame;
import io.jld.input.Inputs;
import io.jld.layout.CheckCrossReferences;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.load.ExtractMembers;
import io.jld.load.LinkerNames;
import io.jld.load.NumberSymbols;
import io.jld.match.MatchSections;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.Twins;
import io.jld.relocatable.AssignOffsets;
import io.jld.relocatable.MarkRelocations;
import io.jld.relocatable.Relocatable;
import io.jld.relocatable.RelocatableSections;
import io.jld.relocatable.WriteRelocatable;
import io.jld.report.Reports;
import io.jld.resolve.EliminateComdat;
import io.jld.resolve.Exports;
import io.jld.resolve.ResolveSymbols;
import io.jld.synth.Synthetics;
import java.util.function.BiConsumer;

/**
 * The table of contents of {@code -r}: objects become one object, and what is left open stays open.
 */
public final class RelocatablePasses {
  private RelocatablePasses() {}

  /**
   * @param pass runs a pass under its name
   */
  static void run(Context ctxt, Inputs inputs, BiConsumer<String, Runnable> pass) {
    // The first passes are those of every link; what they do not find stays undefined here.
    if (ctxt.isBinary()) {
      throw new LinkException(
          DiagnosticCode.OPTION_CONFLICT,
          Location.NONE,
          "-r and --oformat binary may not be used together");
    }
    if (!ctxt.option(LinkOption.SECTION_HEADERS)) {
      throw new LinkException(
          DiagnosticCode.OPTION_CONFLICT,
          Location.NONE,
          "-r and -z nosectionheader may not be used together");
    }
    pass.accept("extract members", () -> ExtractMembers.run(ctxt));
    pass.accept("number symbols", () -> NumberSymbols.run(ctxt));
    pass.accept("COMDAT", () -> EliminateComdat.run(ctxt));
    pass.accept("match sections", () -> MatchSections.run(ctxt));
    pass.accept("resolve symbols", () -> ResolveSymbols.run(ctxt, new Twins()));
    if (ctxt.option(LinkOption.GC_SECTIONS)) {
      collectGarbage(ctxt, pass);
    } else {
      ctxt.handOn(new EhFrame(new EhRecords[0])); // .eh_frame is copied like other sections
    }
    ctxt.handOn(new MergePools()); // and nothing is merged
    // One note speaks for all objects: the weakest of them decides.
    pass.accept("merge properties", () -> MergeProperties.run(ctxt));
    ObjectMerge merge = ctxt.arch().merge(ctxt);
    if (merge != null) {
      pass.accept("merge objects", () -> MergeObjects.run(ctxt, merge));
    }
    pass.accept("executable stack", () -> ExecStack.run(ctxt));
    pass.accept("make sections", () -> RelocatableSections.run(ctxt));
    // Which symbols are needed, and what refers to sections that are gone, is in the relocations.
    pass.accept("mark relocations", () -> MarkRelocations.run(ctxt));
    pass.accept("assign offsets", () -> AssignOffsets.run(ctxt));
    pass.accept("check cross references", () -> CheckCrossReferences.run(ctxt));
    // Symbols have offsets as values; relocations and groups refer to symbols by their index.
    pass.accept("number output symbols", () -> Relocatable.of(ctxt).symTab.number());
    pass.accept("mmap", () -> mmap(ctxt));
    pass.accept("asmb", () -> ctxt.arch().asmb(ctxt));
    pass.accept("asmb2", () -> ctxt.arch().asmb2(ctxt));
    pass.accept("build-id", () -> Synthetics.of(ctxt).buildId().finish(ctxt));
    pass.accept(
        "reports",
        () -> {
          AssignOffsets.forReports(ctxt);
          Reports.run(ctxt, inputs);
        });
  }

  private static void mmap(Context ctxt) {
    ctxt.out().mmap(WriteRelocatable.place(ctxt));
  }

  /** An object has no entry to start from unless an option names one; GNU ld asks for that too. */
  private static void collectGarbage(Context ctxt, BiConsumer<String, Runnable> pass) {
    if (LinkerNames.wanted(ctxt).isEmpty()) {
      throw new LinkException(
          DiagnosticCode.OPTION_CONFLICT,
          Location.NONE,
          "-r --gc-sections needs a symbol to start from: -e or -u");
    }
    pass.accept("exports", () -> Exports.run(ctxt));
    pass.accept("split .eh_frame", () -> SplitEhFrame.run(ctxt));
    pass.accept("gc sections", () -> CollectGarbage.run(ctxt));
  }
}
