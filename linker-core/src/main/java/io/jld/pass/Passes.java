package io.jld.pass;

import io.jld.arch.ObjectMerge;
import io.jld.asmb.TaskTrace;
import io.jld.content.CollectGarbage;
import io.jld.content.ExecStack;
import io.jld.content.MergeObjects;
import io.jld.content.MergeProperties;
import io.jld.dynamic.LoaderTables;
import io.jld.frame.EhFrame;
import io.jld.frame.SplitEhFrame;
import io.jld.gdbindex.MakeGdbIndex;
import io.jld.icf.FoldSections;
import io.jld.input.Inputs;
import io.jld.layout.AssignAddresses;
import io.jld.layout.CheckCrossReferences;
import io.jld.layout.MakeSections;
import io.jld.layout.SymbolValues;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkResult;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.link.OutputKind;
import io.jld.load.ExtractMembers;
import io.jld.load.NumberSymbols;
import io.jld.load.ReadInputs;
import io.jld.load.VersionedNames;
import io.jld.lto.CompileIntermediate;
import io.jld.match.MatchSections;
import io.jld.merge.MergeSections;
import io.jld.model.CallerException;
import io.jld.model.Context;
import io.jld.model.Twins;
import io.jld.plugin.Plugins;
import io.jld.reloc.CheckTextRelocations;
import io.jld.reloc.ScanRelocations;
import io.jld.relocatable.EmitRelocs;
import io.jld.report.Reports;
import io.jld.resolve.ClassifySymbols;
import io.jld.resolve.EliminateComdat;
import io.jld.resolve.Exports;
import io.jld.resolve.LibrariesBehind;
import io.jld.resolve.ReferenceWarnings;
import io.jld.resolve.ResolveSymbols;
import io.jld.synth.Synthetics;
import io.jld.undefined.CheckDiscarded;
import io.jld.undefined.CheckShared;
import io.jld.undefined.CheckUndefined;
import io.jld.write.CompressDebug;
import io.jld.write.SymTab;
import io.jld.write.WriteTables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The table of contents: what a link does, in order. */
public final class Passes {
  private Context ctxt;
  private final Inputs inputs;
  private final TaskTrace trace;

  /** Is told what begins; null where nobody asks. */
  private final Consumer<String> progress;

  private final List<LinkResult.PassTime> times = new ArrayList<>();
  private final long start = System.nanoTime();

  /** The definitions that a versioned name takes the place of. */
  private Twins twins;

  /** What the libraries of the link need and it does not name. */
  private LibrariesBehind behind;

  /**
   * @param trace is told where each pass begins; null: nobody asks
   */
  public Passes(Context ctxt, Inputs inputs, TaskTrace trace) {
    this.ctxt = ctxt;
    this.inputs = inputs;
    this.trace = trace;
    this.progress = ctxt.option(LinkOption.PROGRESS);
  }

  /**
   * Links.
   *
   * @return each pass with its time
   */
  public List<LinkResult.PassTime> run() {
    read();
    if (ctxt.plugins() != null && ctxt.plugins().hasClaimed()) {
      optimize();
    }
    if (ctxt.kind() == OutputKind.RELOCATABLE) {
      RelocatablePasses.run(ctxt, inputs, this::pass);
      return times;
    }
    resolve();
    // Garbage collection follows the references of those records only whose functions are reached.
    pass("split .eh_frame", () -> SplitEhFrame.run(ctxt));
    pass("gc sections", () -> CollectGarbage.run(ctxt));
    // Merging what has been collected would be a waste; the scan already needs to know the merged
    // places.
    pass("merge sections", () -> MergeSections.run(ctxt));
    // The PLT's form depends on the features that all objects have.
    pass("merge properties", () -> MergeProperties.run(ctxt));
    // What objects say of themselves has to fit together before they are looked into.
    ObjectMerge merge = ctxt.arch().merge(ctxt);
    if (merge != null) {
      pass("merge objects", () -> MergeObjects.run(ctxt, merge));
    }
    // It decides whether there is a program header, so it comes before addresses.
    pass("executable stack", () -> ExecStack.run(ctxt));
    // The scan asks for each symbol's kind for each relocation.
    pass("classify symbols", () -> ClassifySymbols.run(ctxt));
    pass("reference warnings", () -> ReferenceWarnings.collect(ctxt));
    // Equal references are known by what they mean in the output: merged content, bound symbols.
    // What is folded asks for nothing more.
    if (ctxt.option(LinkOption.ICF) != null) {
      pass("fold sections", () -> FoldSections.run(ctxt));
    }
    pass("scan relocations", () -> ScanRelocations.run(ctxt, EhFrame.of(ctxt)));
    // Only what relocations refer to has to be defined, and that is known now.
    pass("check undefined", () -> CheckUndefined.run(ctxt, inputs));
    pass("check discarded", () -> CheckDiscarded.run(ctxt));
    pass("report warnings", () -> ReferenceWarnings.report(ctxt));
    pass("check shared libraries", () -> CheckShared.run(ctxt, inputs, behind));
    pass("check text relocations", () -> CheckTextRelocations.run(ctxt));
    // What is linked is known, and it has to be known how large each section is.
    if (ctxt.option(LinkOption.GDB_INDEX)) {
      pass("index debug information", () -> MakeGdbIndex.run(ctxt));
    }
    // Slots are given in the order of symbols, not in that in which threads asked for them.
    pass("synthetic sections", () -> LoaderTables.prepare(ctxt));
    pass("make sections", () -> MakeSections.run(ctxt));
    // A relocation refers to the symbol table, which has symbols for the sections then.
    pass("emit relocations", () -> EmitRelocs.run(ctxt));
    pass("assign addresses", () -> AssignAddresses.run(ctxt));
    // The symbol table lies after everything that has an address; what had to be made for the sake
    // of addresses has symbols, too.
    pass("count symbols", () -> SymTab.count(ctxt));
    pass("symbol values", () -> SymbolValues.run(ctxt));
    pass("check cross references", () -> CheckCrossReferences.run(ctxt));
    // What is compressed has to be finished; how long it is decides how long the file is.
    pass("compress debug sections", () -> CompressDebug.run(ctxt));
    pass("mmap", this::mmap);
    pass("asmb", () -> ctxt.arch().asmb(ctxt));
    pass("asmb2", () -> ctxt.arch().asmb2(ctxt));
    // It hashes all other bytes.
    pass("build-id", () -> Synthetics.of(ctxt).buildId().finish(ctxt));
    // What is reported is what was linked; a report that can't be written ends the link while there
    // is no output yet.
    pass("reports", () -> Reports.run(ctxt, inputs));
    return times;
  }

  /** The first passes: which names there are. */
  private void read() {
    ctxt.request().arches().problems().forEach(ctxt::report);
    Synthetics.make(ctxt);
    LoaderTables.make(ctxt);
    // Names are interned as the files are read: all that follows compares numbers.
    pass("read inputs", () -> ReadInputs.run(ctxt, inputs));
  }

  /** Those that follow: who defines them, and who sees that. */
  private void resolve() {
    // Which members are linked depends on the order of the command line; it has to be known before
    // anything is numbered.
    pass("extract members", () -> ExtractMembers.run(ctxt));
    // Two names may turn out to be one by what is linked; then they have one number.
    pass("join versions", () -> twins = VersionedNames.run(ctxt));
    // Sections and local symbols get numbers, so that all that is learnt of them can stand in
    // columns.
    pass("number symbols", () -> NumberSymbols.run(ctxt));
    // A definition in a group that is left out is none, so this comes before resolution.
    pass("COMDAT", () -> EliminateComdat.run(ctxt));
    // What a script throws away defines nothing either.
    pass("match sections", () -> MatchSections.run(ctxt));
    // The linker's own symbols are defined here too, where nothing else does it.
    pass("resolve symbols", () -> ResolveSymbols.run(ctxt, twins));
    // What they refer to is exported, too.
    pass("libraries behind libraries", () -> behind = LibrariesBehind.run(ctxt, inputs));
    // What others see of the output is reached from outside: garbage collection starts there.
    pass("exports", () -> Exports.run(ctxt));
  }

  /**
   * Compiles what is intermediate code. Plug-ins have to know first who uses what it defines; so
   * the names are resolved with stand-ins for it, and after that the link begins again, with the
   * machine code in their place.
   */
  private void optimize() {
    ctxt.setQuiet(true); // what is told of symbols and members is told of those that are linked
    resolve();
    pass("link-time optimisation", () -> CompileIntermediate.run(ctxt));
    Plugins plugins = ctxt.plugins();
    ctxt = new Context(ctxt.request(), ctxt.arch(), ctxt.tasks(), ctxt.out(), ctxt.version);
    ctxt.setPlugins(plugins);
    ctxt.setQuiet(true); // the inputs have been named: until what is new among them
    plugins.messages().forEach(ctxt::report);
    read();
  }

  /** The link: another one than at first where there was intermediate code. */
  public Context context() {
    return ctxt;
  }

  /** What each thread did; empty where there is no trace. */
  public List<LinkResult.TaskTime> tasks() {
    return trace == null ? List.of() : trace.times(start);
  }

  private void mmap() {
    ctxt.out().mmap(WriteTables.place(ctxt));
  }

  /** Runs a pass; the link ends after it if it has reported an error. */
  private void pass(String name, Runnable body) {
    if (trace != null) {
      trace.pass(name);
    }
    if (progress != null) {
      CallerException.accept(progress, name);
    }
    long from = System.nanoTime();
    try {
      ctxt.tasks().check();
      body.run();
    } catch (InternalError e) {
      throw faultOr(e);
    } catch (LinkException e) {
      throw ctxt.join(e);
    }
    times.add(new LinkResult.PassTime(name, from - start, System.nanoTime() - from));
    ctxt.failOnErrors();
  }

  /** A fault on mapped memory is a file that has shrunk, or a disk that is full. */
  private RuntimeException faultOr(InternalError e) {
    if (!io.jld.asmb.OutBuf.isFault(e)) {
      throw e;
    }
    Path truncated = inputs.truncated();
    return truncated != null
        ? new LinkException(
            DiagnosticCode.FILE_CHANGED,
            Location.file(NameBytes.string(truncated)),
            "file was truncated while it was read")
        : ctxt.out().fault();
  }
}
