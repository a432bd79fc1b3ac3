package io.jld.examples.riscv64;

import static io.jld.examples.riscv64.Riscv64Reloc.*;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.DynamicTag;
import io.jld.arch.GotLayout;
import io.jld.arch.ObjectMerge;
import io.jld.arch.PltUnwind;
import io.jld.arch.Reference;
import io.jld.arch.Relaxer;
import io.jld.arch.Relocs;
import io.jld.arch.SpiVersion;
import io.jld.arch.TlsLayout;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The architecture RISC-V of 64 bits: RISC-V ELF psABI (riscv-non-isa/riscv-elf-psabi-doc), the
 * code models medlow and medany.
 *
 * <p>Each part of the psABI has its file: {@link Riscv64Reloc} the relocation types, {@link
 * Riscv64Scan} what they ask for, {@link Riscv64Apply} what they write, {@link Riscv64Insn} the
 * fields of instructions, {@link Riscv64Relax} what gets shorter, {@link Riscv64Tls} thread-local
 * storage, {@link Riscv64Plt} the procedure linkage table, {@link Riscv64Merge} what objects say of
 * themselves: {@code e_flags} and, by {@link Riscv64Attributes} and {@link Riscv64Isa}, {@code
 * .riscv.attributes}.
 */
@SpiVersion(SpiVersion.CURRENT)
public final class Riscv64 implements Arch {
  /** A function whose arguments are not where the standard calling convention has them. */
  static final int STO_RISCV_VARIANT_CC = 0x80;

  private static final long DT_RISCV_VARIANT_CC = 0x70000001L;

  /** For {@link Link#note}: a PLT entry stands for a {@link #STO_RISCV_VARIANT_CC}. */
  static final int NOTE_VARIANT_CC = 1;

  static final String GLOBAL_POINTER = "__global_pointer$";

  private static final ArchInfo INFO =
      new ArchInfo(
          "riscv64",
          List.of("riscv"),
          List.of("elf64lriscv", "elf64lriscv_lp64", "elf64lriscv_lp64f"),
          List.of("elf64-littleriscv"),
          243, // EM_RISCV
          true,
          true,
          0x1000,
          0x1000,
          0x10000,
          "/lib/ld-linux-riscv64-lp64d.so.1",
          new byte[2], // no instruction: all bits 0
          new byte[] {0x01, 0x00}, // c.nop
          new ArchInfo.DynamicTypes(
              R_RISCV_64,
              R_RISCV_RELATIVE,
              R_RISCV_IRELATIVE,
              R_RISCV_64,
              R_RISCV_JUMP_SLOT,
              R_RISCV_COPY,
              R_RISCV_TLS_DTPMOD64,
              R_RISCV_TLS_DTPREL64,
              R_RISCV_TLS_TPREL64,
              R_RISCV_TLSDESC),
          Riscv64Plt.SIZES);

  /** {@code .got} begins with the address of {@code .dynamic}, {@code .got.plt} with two words. */
  private static final GotLayout GOT = new GotLayout(1, 2, false);

  /** The thread pointer is the start of the block; offsets in it are in the middle of 4 KiB. */
  private static final TlsLayout TLS = new TlsLayout(true, 0, 0x800);

  private static final Relaxer RELAXER = Riscv64Relax::relax;

  @Override
  public ArchInfo info() {
    return INFO;
  }

  @Override
  public String relocationName(int type) {
    return Riscv64Reloc.name(type);
  }

  @Override
  public void scan(Link ctxt, Relocs relocs) {
    Riscv64Scan.scan(ctxt, relocs);
  }

  @Override
  public void apply(Link ctxt, Relocs relocs, Slice slice) {
    Riscv64Apply.apply(ctxt, relocs, slice);
  }

  @Override
  public void applyDebug(Link ctxt, Relocs relocs, Slice slice) {
    Riscv64Apply.applyDebug(ctxt, relocs, slice);
  }

  @Override
  public Relaxer relaxer() {
    return RELAXER;
  }

  /** 0: the psABI uses {@code SHT_RELA} alone. */
  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    return 0;
  }

  @Override
  public int fieldSize(int type) {
    return Riscv64Reloc.width(type);
  }

  @Override
  public String overflowCure(int type) {
    return switch (type) {
      case R_RISCV_HI20, R_RISCV_LO12_I, R_RISCV_LO12_S ->
          " is compiled for addresses within 2 GiB of 0; compile it with -mcmodel=medany or -fPIC";
      default -> "";
    };
  }

  @Override
  public Reference reference(int type) {
    return switch (type) {
      case R_RISCV_CALL, R_RISCV_CALL_PLT, R_RISCV_JAL, R_RISCV_PLT32 -> Reference.CALL;
      case R_RISCV_64, R_RISCV_32 -> Reference.ADDRESS;
      default -> Reference.OTHER;
    };
  }

  @Override
  public ObjectMerge merge(Link ctxt) {
    return new Riscv64Merge(ctxt);
  }

  @Override
  public Map<String, ToLongFunction<Link>> providedSymbols() {
    return Map.of(GLOBAL_POINTER, Riscv64Relax::globalPointer);
  }

  @Override
  public boolean hasSmallData() {
    return true;
  }

  /** As in GNU ld and lld. */
  @Override
  public boolean needsStackNote() {
    return false;
  }

  @Override
  public List<DynamicTag> dynamicTags(Link ctxt) {
    return (ctxt.notes() & NOTE_VARIANT_CC) == 0
        ? List.of()
        : List.of(new DynamicTag(DT_RISCV_VARIANT_CC, () -> 0));
  }

  @Override
  public GotLayout gotLayout() {
    return GOT;
  }

  @Override
  public TlsLayout tlsLayout() {
    return TLS;
  }

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {
    Riscv64Plt.writeHeader(slice, addr, ctxt.gotPlt());
  }

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {
    Riscv64Plt.writeEntry(slice, addr, slot);
  }

  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {
    Riscv64Plt.writeEntry(slice, addr, slot);
  }

  /** All slots lead to the header, which finds out from the entry's address which it was. */
  @Override
  public long lazySlotValue(Link ctxt, long plt, long entry) {
    return plt;
  }

  @Override
  public PltUnwind pltUnwind(Link ctxt) {
    return Riscv64Plt.UNWIND;
  }

  @Override
  public void asmb(Link ctxt) {
    Riscv64Asmb.asmb(ctxt);
  }

  @Override
  public void asmb2(Link ctxt) {
    ctxt.writeTables();
  }

  @Override
  public String toString() {
    return INFO.name();
  }
}
