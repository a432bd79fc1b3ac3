package io.jld.docs;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.arch.Need;
import io.jld.arch.Properties;
import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.SpiVersion;
import io.jld.arch.Symbols;
import io.jld.asmb.Blocks;
import io.jld.asmb.Link;
import io.jld.asmb.Section;
import io.jld.asmb.Segment;
import io.jld.asmb.Slice;
import io.jld.asmb.WriteParallel;
import io.jld.link.DiagnosticCode;
import java.util.List;

/**
 * AArch64, for static programs without thread-local storage: ELF for the Arm 64-bit Architecture
 * (AAELF64).
 *
 * <p>Code reaches data in two instructions: {@code adrp} makes the address of the symbol's page of
 * 4 KiB, and the low twelve bits go into the instruction that follows. Calls reach 128 MiB to both
 * sides.
 */
@SpiVersion(SpiVersion.CURRENT)
public final class Aarch64 implements Arch {
  private static final int R_AARCH64_NONE = 0;
  private static final int R_AARCH64_ABS64 = 257;
  private static final int R_AARCH64_ABS32 = 258;
  private static final int R_AARCH64_PREL64 = 260;
  private static final int R_AARCH64_PREL32 = 261;
  private static final int R_AARCH64_ADR_PREL_PG_HI21 = 275;
  private static final int R_AARCH64_ADD_ABS_LO12_NC = 277;
  private static final int R_AARCH64_LDST8_ABS_LO12_NC = 278;
  private static final int R_AARCH64_JUMP26 = 282;
  private static final int R_AARCH64_CALL26 = 283;
  private static final int R_AARCH64_LDST16_ABS_LO12_NC = 284;
  private static final int R_AARCH64_LDST32_ABS_LO12_NC = 285;
  private static final int R_AARCH64_LDST64_ABS_LO12_NC = 286;
  private static final int R_AARCH64_LDST128_ABS_LO12_NC = 299;
  private static final int R_AARCH64_ADR_GOT_PAGE = 311;
  private static final int R_AARCH64_LD64_GOT_LO12_NC = 312;

  /** {@code GNU_PROPERTY_AARCH64_FEATURE_1_AND}: what all code of a program must be fit for. */
  private static final int FEATURE_1_AND = 0xc0000000;

  /** Branch target identification: indirect branches lead to a {@code bti} instruction. */
  private static final int BTI = 1;

  private static final Properties PROPERTIES =
      new Properties(
          List.of(new Properties.Range(FEATURE_1_AND, FEATURE_1_AND, Properties.Rule.AND)),
          List.of(new Properties.Keyword("force-bti", FEATURE_1_AND, BTI, BTI)),
          List.of(
              new Properties.Report(
                  "bti-report", FEATURE_1_AND, List.of(new Properties.Bit(BTI, "BTI")))));

  private static final ArchInfo INFO =
      new ArchInfo(
          "aarch64",
          List.of("arm64"),
          List.of("aarch64linux", "aarch64elf"),
          List.of("elf64-littleaarch64"),
          183, // EM_AARCH64
          true, // ELFCLASS64
          true, // SHT_RELA
          0x10000, // pages have up to 64 KiB
          0x1000,
          0x400000,
          "/lib/ld-linux-aarch64.so.1",
          new byte[4], // udf #0
          new byte[] {0x1f, 0x20, 0x03, (byte) 0xd5}, // nop
          new ArchInfo.DynamicTypes(
              R_AARCH64_ABS64, 1027, 1032, 1025, 1026, 1024, 1028, 1029, 1030, 1031),
          new ArchInfo.PltSizes(32, 16, 16));

  @Override
  public ArchInfo info() {
    return INFO;
  }

  @Override
  public Properties properties() {
    return PROPERTIES;
  }

  @Override
  public String relocationName(int type) {
    return switch (type) {
      case R_AARCH64_NONE -> "R_AARCH64_NONE";
      case R_AARCH64_ABS64 -> "R_AARCH64_ABS64";
      case R_AARCH64_ABS32 -> "R_AARCH64_ABS32";
      case R_AARCH64_PREL64 -> "R_AARCH64_PREL64";
      case R_AARCH64_PREL32 -> "R_AARCH64_PREL32";
      case R_AARCH64_ADR_PREL_PG_HI21 -> "R_AARCH64_ADR_PREL_PG_HI21";
      case R_AARCH64_ADD_ABS_LO12_NC -> "R_AARCH64_ADD_ABS_LO12_NC";
      case R_AARCH64_LDST8_ABS_LO12_NC -> "R_AARCH64_LDST8_ABS_LO12_NC";
      case R_AARCH64_JUMP26 -> "R_AARCH64_JUMP26";
      case R_AARCH64_CALL26 -> "R_AARCH64_CALL26";
      case R_AARCH64_LDST16_ABS_LO12_NC -> "R_AARCH64_LDST16_ABS_LO12_NC";
      case R_AARCH64_LDST32_ABS_LO12_NC -> "R_AARCH64_LDST32_ABS_LO12_NC";
      case R_AARCH64_LDST64_ABS_LO12_NC -> "R_AARCH64_LDST64_ABS_LO12_NC";
      case R_AARCH64_LDST128_ABS_LO12_NC -> "R_AARCH64_LDST128_ABS_LO12_NC";
      case R_AARCH64_ADR_GOT_PAGE -> "R_AARCH64_ADR_GOT_PAGE";
      case R_AARCH64_LD64_GOT_LO12_NC -> "R_AARCH64_LD64_GOT_LO12_NC";
      default -> Integer.toString(type);
    };
  }

  @Override
  public void scan(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    while (r.next()) {
      if (r.type() == R_AARCH64_NONE) {
        continue;
      }
      if (syms.isPreemptible(r.symbol())) {
        r.error(
            DiagnosticCode.UNUSABLE_RELOCATION,
            "symbol '"
                + syms.name(r.symbol())
                + "' is not in the program: only static programs are linked");
        continue;
      }
      switch (r.type()) {
        case R_AARCH64_ABS64 -> Scan.word(ctxt, r);
        case R_AARCH64_ABS32 -> Scan.narrow(ctxt, r);
        case R_AARCH64_CALL26, R_AARCH64_JUMP26 -> Scan.call(ctxt, r);
        case R_AARCH64_PREL64,
            R_AARCH64_PREL32,
            R_AARCH64_ADR_PREL_PG_HI21,
            R_AARCH64_ADD_ABS_LO12_NC,
            R_AARCH64_LDST8_ABS_LO12_NC,
            R_AARCH64_LDST16_ABS_LO12_NC,
            R_AARCH64_LDST32_ABS_LO12_NC,
            R_AARCH64_LDST64_ABS_LO12_NC,
            R_AARCH64_LDST128_ABS_LO12_NC ->
            Scan.pcRelative(ctxt, r);
        case R_AARCH64_ADR_GOT_PAGE, R_AARCH64_LD64_GOT_LO12_NC -> syms.need(r.symbol(), Need.GOT);
        default ->
            r.error(DiagnosticCode.UNKNOWN_RELOCATION, "unknown relocation type " + r.type());
      }
    }
  }

  @Override
  public void apply(Link ctxt, Relocs r, Slice s) {
    Symbols syms = ctxt.symbols();
    while (r.next()) {
      int sym = r.symbol();
      long a = r.addend();
      switch (r.type()) {
        case R_AARCH64_ADR_PREL_PG_HI21 -> adrp(r, s, syms.value(sym) + a);
        case R_AARCH64_ADD_ABS_LO12_NC -> low12(r, s, syms.value(sym) + a, 0);
        case R_AARCH64_LDST8_ABS_LO12_NC -> low12(r, s, syms.value(sym) + a, 0);
        case R_AARCH64_LDST16_ABS_LO12_NC -> low12(r, s, syms.value(sym) + a, 1);
        case R_AARCH64_LDST32_ABS_LO12_NC -> low12(r, s, syms.value(sym) + a, 2);
        case R_AARCH64_LDST64_ABS_LO12_NC -> low12(r, s, syms.value(sym) + a, 3);
        case R_AARCH64_LDST128_ABS_LO12_NC -> low12(r, s, syms.value(sym) + a, 4);
        case R_AARCH64_ADR_GOT_PAGE -> adrp(r, s, syms.gotSlot(sym) + a);
        case R_AARCH64_LD64_GOT_LO12_NC -> low12(r, s, syms.gotSlot(sym) + a, 3);
        case R_AARCH64_CALL26, R_AARCH64_JUMP26 -> branch(r, s, syms.callTarget(sym) + a);
        default -> data(r, s, syms.value(sym) + a, r.place());
      }
    }
  }

  @Override
  public void applyDebug(Link ctxt, Relocs r, Slice s) {
    Symbols syms = ctxt.symbols();
    while (r.next()) {
      boolean gone = r.isGone();
      long value = gone ? r.tombstone() : syms.value(r.symbol()) + r.addend();
      data(r, s, value, gone ? 0 : r.place());
    }
  }

  /** Fields that are no instructions. */
  private void data(Relocs r, Slice s, long value, long place) {
    switch (r.type()) {
      case R_AARCH64_NONE -> {}
      case R_AARCH64_ABS64 -> put64(r, s, value);
      case R_AARCH64_PREL64 -> put64(r, s, value - place);
      case R_AARCH64_ABS32 -> put32(r, s, value);
      case R_AARCH64_PREL32 -> put32(r, s, value - place);
      default ->
          r.error(
              DiagnosticCode.UNUSABLE_RELOCATION,
              relocationName(r.type()) + " can not be used here");
    }
  }

  private static void put64(Relocs r, Slice s, long value) {
    if (r.check(8)) {
      s.put64(r.offset(), value);
    }
  }

  /** 32 bits that may be meant with or without sign. */
  private static void put32(Relocs r, Slice s, long value) {
    if (r.check(4)) {
      if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
        r.outOfRange(value, Integer.MIN_VALUE, 0xffff_ffffL);
      }
      s.put32(r.offset(), (int) value);
    }
  }

  /**
   * {@code adrp xN, page}: 21 bits of pages from this one, the lower two of them in bits 29 and 30.
   */
  private static void adrp(Relocs r, Slice s, long target) {
    if (r.check(4)) {
      long pages = (target >> 12) - (r.place() >> 12);
      if (pages < -(1 << 20) || pages >= 1 << 20) {
        r.outOfRange(pages << 12, -(1L << 32), (1L << 32) - 1);
      }
      int insn = s.get32(r.offset()) & 0x9f00001f;
      s.put32(r.offset(), insn | (int) (pages & 3) << 29 | (int) (pages >> 2 & 0x7ffff) << 5);
    }
  }

  /**
   * {@code add}, or a load or store: the offset in the page, in units of the access, from bit 10
   * on.
   */
  private static void low12(Relocs r, Slice s, long target, int scale) {
    if (r.check(4)) {
      long low = target & 0xfff;
      if ((low & (1 << scale) - 1) != 0) {
        r.error(
            DiagnosticCode.UNUSABLE_RELOCATION,
            "address 0x" + Long.toHexString(target) + " is not aligned to " + (1 << scale));
      }
      int insn = s.get32(r.offset()) & 0xffc003ff;
      s.put32(r.offset(), insn | (int) (low >> scale) << 10);
    }
  }

  /** {@code b} and {@code bl}: 26 bits of words from here. */
  private static void branch(Relocs r, Slice s, long target) {
    if (r.check(4)) {
      long distance = target - r.place();
      if (distance < -(1 << 27) || distance >= 1 << 27) {
        r.outOfRange(distance, -(1 << 27), (1 << 27) - 1);
      }
      int insn = s.get32(r.offset()) & 0xfc000000;
      s.put32(r.offset(), insn | (int) (distance >> 2) & 0x3ffffff);
    }
  }

  /** There is none in the content: relocations are {@code SHT_RELA}. */
  @Override
  public long implicitAddend(int type, Slice content, long offset) {
    return 0;
  }

  @Override
  public int fieldSize(int type) {
    return switch (type) {
      case R_AARCH64_NONE -> 0;
      case R_AARCH64_ABS64, R_AARCH64_PREL64 -> 8;
      default -> 4;
    };
  }

  /** Jumps to what the slot holds; for an IFUNC that is what its resolver has returned. */
  @Override
  public void writePltDirect(Link ctxt, Slice slice, long addr, long slot) {
    boolean bti = (ctxt.property(FEATURE_1_AND) & BTI) != 0;
    slice.put32(bti ? 0 : 12, bti ? 0xd503245f : 0xd503201f); // bti c, or nop
    int jump = bti ? 4 : 0;
    long pages = (slot >> 12) - (addr + jump >> 12);
    int adrp = 0x90000010 | (int) (pages & 3) << 29 | (int) (pages >> 2 & 0x7ffff) << 5;
    slice.put32(jump, adrp); // adrp x16, slot
    slice.put32(jump + 4, 0xf9400211 | (int) (slot & 0xfff) >> 3 << 10); // ldr x17, [x16, slot]
    slice.put32(jump + 8, 0xd61f0220); // br x17
  }

  @Override
  public void writePltHeader(Link ctxt, Slice slice, long addr) {
    throw new IllegalStateException("no call in a static program is bound by the loader");
  }

  @Override
  public void writePltEntry(Link ctxt, Slice slice, long addr, long slot, int index) {
    throw new IllegalStateException("no call in a static program is bound by the loader");
  }

  @Override
  public long lazySlotValue(Link ctxt, long plt, long entry) {
    throw new IllegalStateException("no call in a static program is bound by the loader");
  }

  /** All sections at the same time. */
  @Override
  public void asmb(Link ctxt) {
    WriteParallel sections = new WriteParallel(ctxt);
    for (Segment segment : ctxt.segments()) {
      for (Section section : segment.sections()) {
        if (segment == ctxt.segdwarf()) {
          sections.add(Blocks::dwarfblk, section);
        } else if (section.isCode()) {
          byte[] pad = Blocks.codePad(ctxt, section);
          sections.add(
              (link, out, addr, size) -> Blocks.codeblkPad(link, out, addr, size, pad), section);
        } else {
          sections.add(Blocks::datblk, section);
        }
      }
    }
    sections.await();
  }

  @Override
  public void asmb2(Link ctxt) {
    ctxt.writeTables();
  }
}
