package io.jld.amd64;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.ArchInfo.DynamicTypes;
import io.jld.arch.ArchInfo.PltSizes;
import io.jld.arch.PltUnwind;
import io.jld.arch.Properties;
import io.jld.arch.Reference;
import io.jld.arch.Relocs;
import io.jld.arch.SpiVersion;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import java.util.List;

/**
 * The architecture amd64: System V ABI, AMD64 Architecture Processor Supplement (the psABI), LP64.
 *
 * <p>Each part of the psABI has its file: {@link Amd64Reloc} the relocation types, {@link
 * Amd64Scan} what they ask for, {@link Amd64Apply} what they write, {@link Amd64Relax} GOT loads
 * that become immediate, {@link Amd64Tls} and {@link Amd64TlsCalls} the models of thread-local
 * storage and the ways between them, {@link Amd64Plt} the procedure linkage table, {@link
 * Amd64Properties} what {@code .note.gnu.property} may say, {@link Amd64Asmb} in which order, or
 * rather in which lack of order, the output's sections are written.
 */
@SpiVersion(SpiVersion.CURRENT)
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
              Amd64Reloc.R_X86_64_64,
              Amd64Reloc.R_X86_64_RELATIVE,
              Amd64Reloc.R_X86_64_IRELATIVE,
              Amd64Reloc.R_X86_64_GLOB_DAT,
              Amd64Reloc.R_X86_64_JUMP_SLOT,
              Amd64Reloc.R_X86_64_COPY,
              Amd64Reloc.R_X86_64_DTPMOD64,
              Amd64Reloc.R_X86_64_DTPOFF64,
              Amd64Reloc.R_X86_64_TPOFF64,
              Amd64Reloc.R_X86_64_TLSDESC),
          Amd64Plt.SIZES);

  /** For {@link java.util.ServiceLoader}, and for whoever lists the architectures by hand. */
  public Amd64() {}

  @Override
  public ArchInfo info() {
    return INFO;
  }

  @Override
  public String relocationName(int type) {
    return Amd64Reloc.name(type);
  }

  @Override
  public void scan(Link ctxt, Relocs relocs) {
    Amd64Scan.scan(ctxt, relocs);
  }

  @Override
  public void apply(Link ctxt, Relocs relocs, Slice slice) {
    Amd64Apply.apply(ctxt, relocs, slice);
  }

  @Override
  public void applyDebug(Link ctxt, Relocs relocs, Slice slice) {
    Amd64Apply.applyDebug(ctxt, relocs, slice);
  }

  /** 0: the psABI uses {@code SHT_RELA} alone. */
  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    return 0;
  }

  @Override
  public int fieldSize(int type) {
    return Amd64Apply.width(type);
  }

  @Override
  public String overflowCure(int type) {
    return Amd64Apply.overflowCure(type);
  }

  @Override
  public Reference reference(int type) {
    return Amd64Scan.reference(type);
  }

  @Override
  public boolean isBranch(Slice content, long offset) {
    return Amd64Scan.isBranch(content, offset);
  }

  @Override
  public Properties properties() {
    return Amd64Properties.ALL;
  }

  @Override
  public PltSizes pltSizes(Link ctxt) {
    return Amd64Plt.sizes(Amd64Properties.isIbt(ctxt));
  }

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {
    Amd64Plt.writeHeader(ctxt, slice, addr);
  }

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {
    Amd64Plt.writeEntry(ctxt, slice, addr, slot, index);
  }

  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {
    Amd64Plt.writeDirect(ctxt, slice, addr, slot);
  }

  @Override
  public long lazySlotValue(Link ctxt, long plt, long entry) {
    return Amd64Plt.lazySlotValue(ctxt, entry);
  }

  @Override
  public PltUnwind pltUnwind(Link ctxt) {
    return Amd64Plt.unwind(ctxt);
  }

  @Override
  public void asmb(Link ctxt) {
    Amd64Asmb.asmb(ctxt);
  }

  @Override
  public void asmb2(Link ctxt) {
    Amd64Asmb.asmb2(ctxt);
  }

  @Override
  public String toString() {
    return INFO.name();
  }
}
