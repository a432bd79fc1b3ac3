package io.jld.examples.aarch64;

import static io.jld.examples.aarch64.Aarch64Insn.*;

import io.jld.arch.ArchInfo.PltSizes;
import io.jld.arch.DynamicTag;
import io.jld.arch.PltUnwind;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import java.util.ArrayList;
import java.util.List;

/**
 * The procedure linkage table (psABI, "Procedure Linkage Table").
 *
 * <p>An entry loads the function's address from its slot and jumps there; {@code x16} says which
 * slot it was. A slot that is not bound yet leads to the header, which calls the loader's resolver
 * with that, and with {@code x30} saved.
 *
 * <pre>
 *   stp  x16, x30, [sp, #-16]!         header
 *   adrp x16, GOT[2]
 *   ldr  x17, [x16, :lo12:GOT[2]]
 *   add  x16, x16, :lo12:GOT[2]
 *   br   x17
 *
 *   adrp x16, slot                     entry
 *   ldr  x17, [x16, :lo12:slot]
 *   add  x16, x16, :lo12:slot
 *   br   x17
 * </pre>
 *
 * <p>In an output that is fit for BTI the header begins with {@code bti c}, since an unbound slot
 * leads there, and so does each entry that may be a function's address: all but those of a shared
 * object that are bound lazily. With {@code -z pac-plt} the entry authenticates the address with
 * that of the slot ({@code autia1716}) before it jumps. Either makes room for two more
 * instructions. {@code DT_AARCH64_BTI_PLT} and {@code DT_AARCH64_PAC_PLT} tell the loader.
 */
final class Aarch64Plt {
  private static final int HEADER = 32;
  private static final int SHORT = 16;
  private static final int LONG = 24;
  static final PltSizes SIZES = new PltSizes(HEADER, SHORT, SHORT);

  private static final int DT_AARCH64_BTI_PLT = 0x70000001;
  private static final int DT_AARCH64_PAC_PLT = 0x70000003;
  private static final int DT_AARCH64_VARIANT_PCS = 0x70000005;

  /** {@link Link#note}: a function that is called by the PLT keeps to another calling standard. */
  static final int VARIANT_PCS = 1;

  private static final int STP_X16_X30 = 0xa9bf7bf0;

  /** {@code DW_CFA_def_cfa sp, 0}. */
  private static final byte[] AT_CALL = {0x0c, 31, 0};

  /** The header has {@code x30} in the upper of two words that it has pushed. */
  private static final byte[] LAZY = {
    0x44, // DW_CFA_advance_loc 4: stp is done
    0x0e,
    16, // DW_CFA_def_cfa_offset 16
    (byte) 0x80 | 30,
    1, // DW_CFA_offset x30, 1 (times -8)
    0x5c, // DW_CFA_advance_loc 28: the first entry
    0x0e,
    0, // DW_CFA_def_cfa_offset 0
    (byte) 0xc0 | 30, // DW_CFA_restore x30
  };

  /** The same where {@code bti c} is before stp. */
  private static final byte[] LAZY_BTI = {
    0x48, 0x0e, 16, (byte) 0x80 | 30, 1, 0x58, 0x0e, 0, (byte) 0xc0 | 30,
  };

  private Aarch64Plt() {}

  static PltSizes sizes(Link ctxt) {
    boolean pac = Aarch64Properties.isPacPlt(ctxt);
    int entry = pac || hasLandingPads(ctxt) ? LONG : SHORT;
    return new PltSizes(HEADER, entry, pac || Aarch64Properties.isBti(ctxt) ? LONG : SHORT);
  }

  /** Whether lazily bound entries begin with {@code bti c}. */
  private static boolean hasLandingPads(Link ctxt) {
    return Aarch64Properties.isBti(ctxt) && !ctxt.isShared();
  }

  static PltUnwind unwind(Link ctxt) {
    return new PltUnwind(-8, 30, AT_CALL, Aarch64Properties.isBti(ctxt) ? LAZY_BTI : LAZY);
  }

  static List<DynamicTag> dynamicTags(Link ctxt) {
    List<DynamicTag> tags = new ArrayList<>();
    if (ctxt.section(".plt") != null) {
      if (Aarch64Properties.isBti(ctxt)) {
        tags.add(new DynamicTag(DT_AARCH64_BTI_PLT, () -> 0));
      }
      if (Aarch64Properties.isPacPlt(ctxt)) {
        tags.add(new DynamicTag(DT_AARCH64_PAC_PLT, () -> 0));
      }
    }
    if ((ctxt.notes() & VARIANT_PCS) != 0) {
      tags.add(new DynamicTag(DT_AARCH64_VARIANT_PCS, () -> 0));
    }
    return tags;
  }

  static void writeHeader(Link ctxt, Slice s, long addr) {
    int at = 0;
    if (Aarch64Properties.isBti(ctxt)) {
      s.put32(at, BTI_C);
      at += 4;
    }
    s.put32(at, STP_X16_X30);
    at = load(ctxt, s, at + 4, addr, ctxt.gotPlt() + 16);
    s.put32(at, BR | 17 << 5);
    nops(s, at + 4, HEADER);
  }

  /** A lazily bound entry. */
  static void writeEntry(Link ctxt, Slice s, long addr, long slot) {
    writeEntry(ctxt, s, addr, slot, hasLandingPads(ctxt), sizes(ctxt).entry());
  }

  /** An entry that is not, and that may be the address of an IFUNC. */
  static void writeDirect(Link ctxt, Slice s, long addr, long slot) {
    writeEntry(ctxt, s, addr, slot, Aarch64Properties.isBti(ctxt), sizes(ctxt).direct());
  }

  private static void writeEntry(Link ctxt, Slice s, long addr, long slot, boolean bti, int size) {
    int at = 0;
    if (bti) {
      s.put32(at, BTI_C);
      at += 4;
    }
    at = load(ctxt, s, at, addr, slot);
    if (Aarch64Properties.isPacPlt(ctxt)) {
      s.put32(at, AUTIA1716);
      at += 4;
    }
    s.put32(at, BR | 17 << 5);
    nops(s, at + 4, size);
  }

  /** Loads {@code x17} from a word and leaves its address in {@code x16}; returns the end. */
  private static int load(Link ctxt, Slice s, int at, long addr, long word) {
    long pages = pages(addr + at, word);
    if (pages < -(1 << 20) || pages >= 1 << 20) {
      ctxt.error(
          DiagnosticCode.TOO_FAR,
          Location.NONE,
          "the PLT entry at 0x"
              + Long.toHexString(addr)
              + " is too far from its slot at 0x"
              + Long.toHexString(word)
              + ": more than 4 GiB");
    }
    s.put32(at, withImm21(ADRP | 16, pages));
    s.put32(at + 4, withImm12(LDR | 16 << 5 | 17, (word & 0xfff) >> 3));
    s.put32(at + 8, withImm12(ADD | 16 << 5 | 16, word));
    return at + 12;
  }

  private static void nops(Slice s, int from, int end) {
    for (int at = from; at < end; at += 4) {
      s.put32(at, NOP);
    }
  }
}
