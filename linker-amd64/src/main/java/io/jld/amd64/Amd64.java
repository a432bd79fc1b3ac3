package io.jld.amd64;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.ArchInfo.DynamicTypes;
import io.jld.arch.ArchInfo.PltSizes;
import io.jld.arch.PltUnwind;
import io.jld.arch.Relocs;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import java.util.List;

/**
 * The architecture amd64: System V ABI, AMD64 Architecture Processor Supplement (the psABI), LP64.
 *
 * <p>Each part of the psABI has its file: {@link R} the relocation types, {@link ScanAmd64} what
 * they ask for, {@link ApplyAmd64} what they write, {@link Relax} GOT loads that become immediate,
 * {@link Tls} and {@link TlsCalls} the models of thread-local storage and the ways between them,
 * {@link Plt} the procedure linkage table, {@link Asmb} in which order, or rather in which lack of
 * order, the output's sections are written.
 */
public final class Amd64 implements Arch {
  private static final ArchInfo INFO =
      new ArchInfo(
          "amd64",
          List.of("x86-64", "x86_64"),
          List.of("elf_x86_64"),
          List.of("elf64-x86-64"),
          62, // EM_X86_64
          true,
          true,
          // The psABI allows segments on any power of two up to 64 KiB; GNU ld's choice since 2.31
          // is what programs and debuggers are used to.
          0x1000,
          0x1000,
          0x400000,
          "/lib64/ld-linux-x86-64.so.2",
          new byte[] {(byte) 0xcc}, // int3
          new byte[] {(byte) 0x90}, // nop
          new DynamicTypes(
              R.R_X86_64_64,
              R.R_X86_64_RELATIVE,
              R.R_X86_64_IRELATIVE,
              R.R_X86_64_GLOB_DAT,
              R.R_X86_64_JUMP_SLOT,
              R.R_X86_64_COPY,
              R.R_X86_64_DTPMOD64,
              R.R_X86_64_DTPOFF64,
              R.R_X86_64_TPOFF64,
              R.R_X86_64_TLSDESC),
          Plt.SIZES);

  /** For {@link java.util.ServiceLoader}, and for whoever lists the architectures by hand. */
  public Amd64() {}

  @Override
  public ArchInfo info() {
    return INFO;
  }

  @Override
  public String relocationName(int type) {
    return R.name(type);
  }

  @Override
  public void scan(Link ctxt, Relocs relocs) {
    ScanAmd64.scan(ctxt, relocs);
  }

  @Override
  public void apply(Link ctxt, Relocs relocs, Slice slice) {
    ApplyAmd64.apply(ctxt, relocs, slice);
  }

  @Override
  public void applyDebug(Link ctxt, Relocs relocs, Slice slice) {
    ApplyAmd64.applyDebug(ctxt, relocs, slice);
  }

  /** 0: the psABI uses {@code SHT_RELA} alone. */
  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    return 0;
  }

  @Override
  public int fieldSize(int type) {
    return ApplyAmd64.width(type);
  }

  @Override
  public PltSizes pltSizes(Link ctxt) {
    return Plt.sizes(ctxt.isIbt());
  }

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {
    Plt.writeHeader(ctxt, slice, addr);
  }

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {
    Plt.writeEntry(ctxt, slice, addr, slot, index);
  }

  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {
    Plt.writeDirect(ctxt, slice, addr, slot);
  }

  @Override
  public long lazySlotValue(Link ctxt, long entry) {
    return Plt.lazySlotValue(ctxt, entry);
  }

  @Override
  public PltUnwind pltUnwind(Link ctxt) {
    return Plt.unwind(ctxt);
  }

  @Override
  public void asmb(Link ctxt) {
    Asmb.asmb(ctxt);
  }

  @Override
  public void asmb2(Link ctxt) {
    Asmb.asmb2(ctxt);
  }

  @Override
  public String toString() {
    return INFO.name();
  }
}
