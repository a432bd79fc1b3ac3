package io.jld.pass;

import io.jld.arch.Arch;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.Segment;
import io.jld.asmb.SymList;
import io.jld.asmb.Tasks;
import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.input.Decompress;
import io.jld.input.LinkerFile;
import io.jld.input.ObjectFile;
import io.jld.link.Diagnostic;
import io.jld.link.LinkRequest;
import io.jld.symbol.NameTable;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import io.jld.synth.MergePools;
import io.jld.synth.OutputSection;
import io.jld.synth.Synthetics;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A link with all that the passes know of it beside what architectures see. Each part is set by one pass, named here. */
public final class Context extends Link {
  private final Diagnostics diagnostics;
  public final ElfClass elf;

  // ReadInputs

  public List<Unit> units = new ArrayList<>();
  public LinkerFile linker;
  public NameTable names;

  // ExtractMembers, NumberSymbols

  /** The linked objects in their order. */
  public List<ObjectFile> objects = new ArrayList<>();

  public SectionTable sections;
  public SymbolTable symbols;

  // MergeSections

  public final MergePools mergePools = new MergePools();

  // ScanRelocations: for each object, null where it needs none

  public DynamicRelocs[] dynamicRelocs = {};
  public final AtomicBoolean tlsLdNeeded = new AtomicBoolean();
  public final AtomicBoolean gotBaseNeeded = new AtomicBoolean();
  public final AtomicBoolean staticTls = new AtomicBoolean();

  // MakeSynthetics, SortSections, AssignAddresses

  public Synthetics synth;

  /** The output's sections; in the order of the file once they are sorted. */
  public List<OutputSection> outputSections = new ArrayList<>();

  public Layout layout;

  /** Features that all objects have ({@code GNU_PROPERTY_X86_FEATURE_1_AND}); set by MergeProperties. */
  public int features;

  public Context(LinkRequest request, Arch arch, Tasks tasks, OutBuf out, Diagnostics diagnostics) {
    super(request, arch, tasks, out);
    this.diagnostics = diagnostics;
    this.elf = ElfClass.of(arch.info().is64());
  }

  /**
   * A section's content as the linker sees it, decompressed where the file has it compressed (gABI, "Section
   * Compression").
   */
  public MemorySegment content(ObjectFile file, int section) {
    MemorySegment raw = file.rawContent(section);
    return (file.flags(section) & Elf.SHF_COMPRESSED) == 0 ? raw : Decompress.section(file, section);
  }

  @Override
  public SymbolTable symbols() {
    return symbols;
  }

  @Override
  public SymList textp() {
    return layout.textp();
  }

  @Override
  public SymList datap() {
    return layout.datap();
  }

  @Override
  public SymList dwarfp() {
    return layout.dwarfp();
  }

  @Override
  public Segment segtext() {
    return layout.segtext();
  }

  @Override
  public Segment segrodata() {
    return layout.segrodata();
  }

  @Override
  public Segment segrelrodata() {
    return layout.segrelrodata();
  }

  @Override
  public Segment segdata() {
    return layout.segdata();
  }

  @Override
  public Segment segdwarf() {
    return layout.segdwarf();
  }

  @Override
  public boolean isDynamic() {
    return isPic();
  }

  @Override
  public void needTlsLd() {
    tlsLdNeeded.set(true);
  }

  @Override
  public void needGotBase() {
    gotBaseNeeded.set(true);
  }

  @Override
  public void needStaticTls() {
    staticTls.set(true);
  }

  @Override
  public long tlsLdSlot() {
    return synth.got().tlsLdSlot();
  }

  @Override
  public long gotBase() {
    return synth.gotPlt().addr();
  }

  @Override
  public long dynamicAddr() {
    return synth.dynamic().out() == null ? 0 : synth.dynamic().addr();
  }

  @Override
  public long tlsBegin() {
    return layout.tlsBegin();
  }

  @Override
  public long tlsEnd() {
    return layout.tlsEnd();
  }

  /** {@code GNU_PROPERTY_X86_FEATURE_1_IBT}. */
  @Override
  public boolean isIbt() {
    return (features & 1) != 0;
  }

  @Override
  public void writeTables() {
    WriteTables.run(this);
  }

  @Override
  public void report(Diagnostic diagnostic) {
    diagnostics.report(diagnostic);
  }

  @Override
  public void message(String line) {
    synchronized (diagnostics) {
      request().messages().accept(line);
    }
  }
}
