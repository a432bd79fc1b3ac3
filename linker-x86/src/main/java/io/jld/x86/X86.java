package io.jld.x86;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.PltUnwind;
import io.jld.arch.Properties;
import io.jld.arch.Reference;
import io.jld.arch.Relocs;
import io.jld.arch.SpiVersion;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import java.util.List;

/**
 * The architecture x86: i386 and its successors in 32-bit mode, as the System V ABI's Intel386
 * Architecture Processor Supplement (psABI, version 1.1) describes it.
 *
 * <p>ELFCLASS32, little-endian, {@code EM_386}. Relocations keep their addends in the content
 * ({@code SHT_REL}). Pages have 4096 bytes. Code finds data by absolute addresses, or in
 * position-independent outputs through a register, mostly {@code %ebx}, with the address of {@code
 * _GLOBAL_OFFSET_TABLE_}, as there is no addressing relative to the program counter; that is what
 * makes the PLT ({@link X86Plt}) and the GOT relocations ({@link X86Relax}) differ from amd64's.
 * TLS is variant II, with {@code %gs} and a {@code ___tls_get_addr} that has three underscores and
 * takes its argument in {@code %eax} ({@link X86Tls}).
 */
@SpiVersion(SpiVersion.CURRENT)
public final class X86 implements Arch {
  private static final ArchInfo INFO =
      new ArchInfo(
          "x86",
          List.of("i386", "386"),
          List.of("elf_i386"),
          List.of("elf32-i386"),
          3, // EM_386
          false,
          false,
          0x1000,
          0x1000,
          0x08048000,
          "/lib/ld-linux.so.2",
          new byte[] {(byte) 0xcc}, // int3
          new byte[] {(byte) 0x90}, // nop
          new ArchInfo.DynamicTypes(
              X86Reloc.R_386_32,
              X86Reloc.R_386_RELATIVE,
              X86Reloc.R_386_IRELATIVE,
              X86Reloc.R_386_GLOB_DAT,
              X86Reloc.R_386_JUMP_SLOT,
              X86Reloc.R_386_COPY,
              X86Reloc.R_386_TLS_DTPMOD32,
              X86Reloc.R_386_TLS_DTPOFF32,
              X86Reloc.R_386_TLS_TPOFF,
              X86Reloc.R_386_TLS_DESC),
          X86Plt.SIZES);

  /** Called by {@link java.util.ServiceLoader}. */
  public X86() {}

  @Override
  public ArchInfo info() {
    return INFO;
  }

  @Override
  public String relocationName(int type) {
    return X86Reloc.name(type);
  }

  @Override
  public void scan(Link ctxt, Relocs relocs) {
    X86Scan.scan(ctxt, relocs);
  }

  @Override
  public void apply(Link ctxt, Relocs relocs, Slice slice) {
    X86Apply.apply(ctxt, relocs, slice);
  }

  @Override
  public void applyDebug(Link ctxt, Relocs relocs, Slice slice) {
    X86Apply.applyDebug(ctxt, relocs, slice);
  }

  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    int width = X86Reloc.width(type);
    if (width == 0 || offset < 0 || offset > content.size() - width) {
      return 0; // outside: who reads the relocation reports it
    }
    return switch (width) {
      case 4 -> content.get32(offset);
      case 2 -> (short) content.get16(offset);
      default -> (byte) content.get8(offset);
    };
  }

  @Override
  public int fieldSize(int type) {
    return X86Reloc.width(type);
  }

  @Override
  public String overflowCure(int type) {
    return " needs a wider field or jump in the assembly"; // fields of 32 bits wrap around
  }

  @Override
  public Reference reference(int type) {
    return X86Scan.reference(type);
  }

  @Override
  public boolean isBranch(Slice content, long offset) {
    return X86Insn.isBranch(content, offset);
  }

  @Override
  public Properties properties() {
    return X86Properties.ALL;
  }

  @Override
  public ArchInfo.PltSizes pltSizes(Link ctxt) {
    return X86Plt.sizes(ctxt);
  }

  @Override
  public boolean isPltAddressable(Link ctxt) {
    return !ctxt.isPic();
  }

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {
    X86Plt.writeHeader(ctxt, slice);
  }

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {
    X86Plt.writeEntry(ctxt, slice, addr, slot, index);
  }

  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {
    X86Plt.writeDirect(ctxt, slice, slot);
  }

  @Override
  public long lazySlotValue(Link ctxt, long plt, long entry) {
    return X86Plt.lazySlotValue(ctxt, entry);
  }

  @Override
  public PltUnwind pltUnwind(Link ctxt) {
    return X86Plt.unwind(ctxt);
  }

  @Override
  public void asmb(Link ctxt) {
    X86Asmb.asmb(ctxt);
  }

  @Override
  public void asmb2(Link ctxt) {
    ctxt.writeTables();
  }
}
