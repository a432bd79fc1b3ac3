package io.jld.examples.aarch64;

import static io.jld.examples.aarch64.Aarch64Reloc.*;

import io.jld.arch.Need;
import io.jld.arch.Reference;
import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.link.DiagnosticCode;

/**
 * What relocations ask for, before any address is known.
 *
 * <ul>
 *   <li>S + A in eight bytes: the loader can relocate it ({@link Scan#word});
 *   <li>S + A in fewer bytes, or in the pieces that {@code movz} and {@code movk} have: it cannot
 *       ({@link Scan#narrow});
 *   <li>S + A - P, in pages too, and the offset in a page that belongs to it: constant as long as
 *       symbol and place move together ({@link Scan#pcRelative}), since segments keep their offsets
 *       in pages;
 *   <li>L + A - P: branches, which the PLT may intercept ({@link Scan#call});
 *   <li>anything with G: a slot in the GOT, unless {@link Aarch64Relax} does without.
 * </ul>
 */
final class Aarch64Scan {
  /** {@code st_other}: the function keeps to another procedure call standard ("VARIANT_PCS"). */
  private static final int STO_VARIANT_PCS = 0x80;

  private Aarch64Scan() {}

  static void scan(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    while (r.next()) {
      switch (r.type()) {
        case R_AARCH64_CALL26, R_AARCH64_JUMP26 -> call(ctxt, syms, r);
        case R_AARCH64_ADR_PREL_PG_HI21,
            R_AARCH64_ADD_ABS_LO12_NC,
            R_AARCH64_LDST8_ABS_LO12_NC,
            R_AARCH64_LDST16_ABS_LO12_NC,
            R_AARCH64_LDST32_ABS_LO12_NC,
            R_AARCH64_LDST64_ABS_LO12_NC,
            R_AARCH64_LDST128_ABS_LO12_NC,
            R_AARCH64_PREL32 ->
            Scan.pcRelative(ctxt, r);
        case R_AARCH64_ABS64 -> Scan.word(ctxt, r);
        case R_AARCH64_ADR_GOT_PAGE -> {
          if (Aarch64Relax.isKnown(ctxt, syms, r)) {
            r.next();
          } else {
            syms.need(r.symbol(), Need.GOT);
          }
        }
        case R_AARCH64_LD64_GOT_LO12_NC -> syms.need(r.symbol(), Need.GOT);
        default -> scanOther(ctxt, syms, r);
      }
    }
  }

  private static void call(Link ctxt, Symbols syms, Relocs r) {
    Scan.call(ctxt, r);
    if ((r.symbolOther() & STO_VARIANT_PCS) != 0 && syms.isPreemptible(r.symbol())) {
      syms.addOther(r.symbol(), STO_VARIANT_PCS);
      ctxt.note(Aarch64Plt.VARIANT_PCS);
    }
  }

  private static void scanOther(Link ctxt, Symbols syms, Relocs r) {
    switch (r.type()) {
      case R_AARCH64_NONE, 256 -> {} // 256: withdrawn, another NONE
      case R_AARCH64_CONDBR19, R_AARCH64_TSTBR14, R_AARCH64_PLT32 -> call(ctxt, syms, r);
      case R_AARCH64_PREL64,
          R_AARCH64_PREL16,
          R_AARCH64_LD_PREL_LO19,
          R_AARCH64_ADR_PREL_LO21,
          R_AARCH64_ADR_PREL_PG_HI21_NC,
          R_AARCH64_MOVW_PREL_G0,
          R_AARCH64_MOVW_PREL_G0_NC,
          R_AARCH64_MOVW_PREL_G1,
          R_AARCH64_MOVW_PREL_G1_NC,
          R_AARCH64_MOVW_PREL_G2,
          R_AARCH64_MOVW_PREL_G2_NC,
          R_AARCH64_MOVW_PREL_G3 ->
          Scan.pcRelative(ctxt, r);
      case R_AARCH64_ABS32,
          R_AARCH64_ABS16,
          R_AARCH64_MOVW_UABS_G0,
          R_AARCH64_MOVW_UABS_G0_NC,
          R_AARCH64_MOVW_UABS_G1,
          R_AARCH64_MOVW_UABS_G1_NC,
          R_AARCH64_MOVW_UABS_G2,
          R_AARCH64_MOVW_UABS_G2_NC,
          R_AARCH64_MOVW_UABS_G3,
          R_AARCH64_MOVW_SABS_G0,
          R_AARCH64_MOVW_SABS_G1,
          R_AARCH64_MOVW_SABS_G2 ->
          Scan.narrow(ctxt, r);
      case R_AARCH64_GOT_LD_PREL19, R_AARCH64_GOTPCREL32 -> syms.need(r.symbol(), Need.GOT);
      case R_AARCH64_LD64_GOTOFF_LO15, R_AARCH64_LD64_GOTPAGE_LO15 -> {
        syms.need(r.symbol(), Need.GOT);
        ctxt.needGotBase();
      }
      case R_AARCH64_GOTREL64, R_AARCH64_GOTREL32 -> {
        Scan.pcRelative(ctxt, r);
        ctxt.needGotBase();
      }
      default -> {
        if (r.type() >= R_AARCH64_COPY && r.type() <= R_AARCH64_IRELATIVE) {
          r.error(
              DiagnosticCode.UNKNOWN_RELOCATION,
              "unexpected dynamic relocation " + name(r.type()) + " in an object");
        } else if (r.type() >= R_AARCH64_TLSGD_ADR_PREL21
            && !name(r.type()).equals(Integer.toString(r.type()))) {
          scanTls(ctxt, syms, r);
        } else {
          r.error(DiagnosticCode.UNKNOWN_RELOCATION, "unknown relocation type " + r.type());
        }
      }
    }
  }

  private static void scanTls(Link ctxt, Symbols syms, Relocs r) {
    int sym = r.symbol();
    int type = r.type();
    if (type == R_AARCH64_TLSLD_ADR_PAGE21 || type == R_AARCH64_TLSLD_ADD_LO12_NC) {
      if (ctxt.isShared()) {
        ctxt.needTlsLd();
      } else if (type == R_AARCH64_TLSLD_ADD_LO12_NC) {
        Aarch64Tls.scanCall(ctxt, r);
      }
      return;
    }
    if (!syms.isTls(sym) && !syms.isUndefinedWeak(sym)) {
      r.error(DiagnosticCode.TLS_RELOCATION, against(syms, r) + ", which is not thread-local");
      return;
    }
    switch (type) {
      case R_AARCH64_TLSGD_ADR_PAGE21 -> Aarch64Tls.scanGeneral(ctxt, syms, r, Need.TLS_GD);
      case R_AARCH64_TLSGD_ADD_LO12_NC -> {
        Aarch64Tls.scanGeneral(ctxt, syms, r, Need.TLS_GD);
        Aarch64Tls.scanCall(ctxt, r);
      }
      case R_AARCH64_TLSDESC_LD_PREL19,
          R_AARCH64_TLSDESC_ADR_PREL21,
          R_AARCH64_TLSDESC_ADR_PAGE21,
          R_AARCH64_TLSDESC_LD64_LO12,
          R_AARCH64_TLSDESC_ADD_LO12 ->
          Aarch64Tls.scanGeneral(ctxt, syms, r, Need.TLS_DESC);
      case R_AARCH64_TLSDESC_CALL -> {}
      case R_AARCH64_TLSIE_ADR_GOTTPREL_PAGE21,
          R_AARCH64_TLSIE_LD64_GOTTPREL_LO12_NC,
          R_AARCH64_TLSIE_LD_GOTTPREL_PREL19 ->
          Aarch64Tls.scanIe(ctxt, syms, r);
      case R_AARCH64_TLSGD_ADR_PREL21, R_AARCH64_TLSLD_ADR_PREL21 ->
          r.error(
              DiagnosticCode.UNKNOWN_RELOCATION,
              name(type) + " is not supported: no compiler has the tiny code model with it");
      default -> {
        boolean local = Aarch64Apply.isLocalExec(type);
        if (local && ctxt.isShared()) {
          r.error(DiagnosticCode.NOT_PIC, Scan.cannotBeUsed(ctxt, r));
        } else if (!syms.isDefinedHere(sym) && !syms.isUndefinedWeak(sym)) {
          r.error(
              DiagnosticCode.TLS_RELOCATION,
              against(syms, r) + " can not be used: it is not defined in this output");
        }
      }
    }
  }

  private static String against(Symbols syms, Relocs r) {
    return "relocation " + name(r.type()) + " against symbol '" + syms.name(r.symbol()) + "'";
  }

  /** How a type refers to its symbol ({@link io.jld.arch.Arch#reference}). */
  static Reference reference(int type) {
    return switch (type) {
      case R_AARCH64_CALL26,
          R_AARCH64_JUMP26,
          R_AARCH64_CONDBR19,
          R_AARCH64_TSTBR14,
          R_AARCH64_PLT32 ->
          Reference.CALL;
      case R_AARCH64_ABS64,
          R_AARCH64_ABS32,
          R_AARCH64_ABS16,
          R_AARCH64_PREL64,
          R_AARCH64_PREL32,
          R_AARCH64_PREL16,
          R_AARCH64_ADR_PREL_LO21,
          R_AARCH64_ADR_PREL_PG_HI21,
          R_AARCH64_ADD_ABS_LO12_NC,
          R_AARCH64_LDST8_ABS_LO12_NC,
          R_AARCH64_LDST16_ABS_LO12_NC,
          R_AARCH64_LDST32_ABS_LO12_NC,
          R_AARCH64_LDST64_ABS_LO12_NC,
          R_AARCH64_LDST128_ABS_LO12_NC ->
          Reference.ADDRESS;
      default -> Reference.OTHER;
    };
  }
}
