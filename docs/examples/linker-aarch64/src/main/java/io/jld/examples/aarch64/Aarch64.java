package io.jld.examples.aarch64;

import static io.jld.examples.aarch64.Aarch64Reloc.*;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.DynamicTag;
import io.jld.arch.GotLayout;
import io.jld.arch.PltUnwind;
import io.jld.arch.Properties;
import io.jld.arch.Reference;
import io.jld.arch.Relocs;
import io.jld.arch.SpiVersion;
import io.jld.arch.Thunks;
import io.jld.arch.TlsLayout;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import java.util.List;

/**
 * The architecture AArch64, little-endian and LP64: ELF for the Arm 64-bit Architecture and System
 * V ABI for the Arm 64-bit Architecture (together the psABI, github.com/ARM-software/abi-aa).
 *
 * <p>{@link Aarch64Reloc} has the relocation types, {@link Aarch64Scan} what they ask for, {@link
 * Aarch64Apply} what they write, {@link Aarch64Insn} the instructions and their fields, {@link
 * Aarch64Relax} addresses that need no slot in the GOT, {@link Aarch64Tls} the models of
 * thread-local storage and the ways between them, {@link Aarch64Plt} the procedure linkage table,
 * {@link Aarch64Thunks} branches over more than 128 MiB, {@link Aarch64Properties} what {@code
 * .note.gnu.property} may say, {@link Aarch64Asmb} how sections are written.
 *
 * <p>The workaround for erratum 843419 of the Cortex-A53 ({@code adrp} at a page's end) is left
 * out.
 */
@SpiVersion(SpiVersion.CURRENT)
public final class Aarch64 implements Arch {
  private static final ArchInfo INFO =
      new ArchInfo(
          "aarch64",
          List.of("arm64"),
          List.of("aarch64linux", "aarch64elf"),
          List.of("elf64-littleaarch64"),
          183, // EM_AARCH64
          true,
          true,
          0x10000, // pages have up to 64 KiB
          0x1000,
          0x400000,
          "/lib/ld-linux-aarch64.so.1",
          new byte[4], // udf #0
          new byte[] {0x1f, 0x20, 0x03, (byte) 0xd5}, // nop
          new ArchInfo.DynamicTypes(
              R_AARCH64_ABS64,
              R_AARCH64_RELATIVE,
              R_AARCH64_IRELATIVE,
              R_AARCH64_GLOB_DAT,
              R_AARCH64_JUMP_SLOT,
              R_AARCH64_COPY,
              R_AARCH64_TLS_DTPMOD64,
              R_AARCH64_TLS_DTPREL64,
              R_AARCH64_TLS_TPREL64,
              R_AARCH64_TLSDESC),
          Aarch64Plt.SIZES);

  /**
   * {@code _GLOBAL_OFFSET_TABLE_} is the start of {@code .got}; the loader's words are elsewhere.
   */
  private static final GotLayout GOT = new GotLayout(1, 3, false);

  /** Variant I: two words of the thread control block, then the executable's variables. */
  private static final TlsLayout TLS = new TlsLayout(true, 16, 0);

  private static final Thunks THUNKS = new Aarch64Thunks();

  /** For {@link java.util.ServiceLoader}, and for whoever lists the architectures by hand. */
  public Aarch64() {}

  @Override
  public ArchInfo info() {
    return INFO;
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
  public String relocationName(int type) {
    return Aarch64Reloc.name(type);
  }

  @Override
  public void scan(Link ctxt, Relocs relocs) {
    Aarch64Scan.scan(ctxt, relocs);
  }

  @Override
  public void apply(Link ctxt, Relocs relocs, Slice slice) {
    Aarch64Apply.apply(ctxt, relocs, slice);
  }

  @Override
  public void applyDebug(Link ctxt, Relocs relocs, Slice slice) {
    Aarch64Apply.applyDebug(ctxt, relocs, slice);
  }

  /** 0: the psABI uses {@code SHT_RELA} alone. */
  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    return 0;
  }

  @Override
  public int fieldSize(int type) {
    boolean isKnown = !relocationName(type).equals(Integer.toString(type));
    return isKnown ? Aarch64Apply.width(type) : 0;
  }

  @Override
  public String overflowCure(int type) {
    return Aarch64Apply.overflowCure(type);
  }

  @Override
  public Reference reference(int type) {
    return Aarch64Scan.reference(type);
  }

  @Override
  public Properties properties() {
    return Aarch64Properties.ALL;
  }

  @Override
  public Thunks thunks() {
    return THUNKS;
  }

  @Override
  public List<DynamicTag> dynamicTags(Link ctxt) {
    return Aarch64Plt.dynamicTags(ctxt);
  }

  @Override
  public ArchInfo.PltSizes pltSizes(Link ctxt) {
    return Aarch64Plt.sizes(ctxt);
  }

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {
    Aarch64Plt.writeHeader(ctxt, slice, addr);
  }

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {
    Aarch64Plt.writeEntry(ctxt, slice, addr, slot);
  }

  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {
    Aarch64Plt.writeDirect(ctxt, slice, addr, slot);
  }

  /** An unbound slot leads to the header, which finds out which slot it was by {@code x16}. */
  @Override
  public long lazySlotValue(Link ctxt, long plt, long entry) {
    return plt;
  }

  @Override
  public PltUnwind pltUnwind(Link ctxt) {
    return Aarch64Plt.unwind(ctxt);
  }

  @Override
  public void asmb(Link ctxt) {
    Aarch64Asmb.asmb(ctxt);
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
