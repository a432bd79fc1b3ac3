package io.jld.amd64;

import static io.jld.amd64.Amd64Reloc.*;

import io.jld.arch.Need;
import io.jld.arch.Reference;
import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * What relocations ask for, before any address is known.
 *
 * <p>The psABI's relocations fall into a few families, and the family decides, except for the
 * instructions that {@link Amd64Relax} and {@link Amd64Tls} rewrite:
 *
 * <ul>
 *   <li>S + A in eight bytes: the loader can relocate it ({@link Scan#word});
 *   <li>S + A in fewer bytes: it cannot ({@link Scan#narrow});
 *   <li>S + A - P: constant as long as symbol and place move together ({@link Scan#pcRelative});
 *       {@code GOTOFF64} is as constant as that, for the GOT moves along;
 *   <li>L + A - P: calls and jumps, which a PLT entry may intercept ({@link Scan#call});
 *   <li>anything with G: a slot in the GOT;
 *   <li>GOT + A - P: no slot, but the section that {@code _GLOBAL_OFFSET_TABLE_} names.
 * </ul>
 *
 * <p>The types that the loader applies ("dynamic relocations") have no business in an object file.
 */
final class Amd64Scan {
  private Amd64Scan() {}

  static void scan(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    while (r.next()) {
      switch (r.type()) {
        case R_X86_64_PC32, R_X86_64_PC64, R_X86_64_PC16, R_X86_64_PC8, R_X86_64_PC32_BND ->
            Scan.pcRelative(ctxt, r);
        case R_X86_64_PLT32, R_X86_64_PLT32_BND -> Scan.call(ctxt, r, -4);
        case R_X86_64_64 -> Scan.word(ctxt, r);
        case R_X86_64_32, R_X86_64_32S, R_X86_64_16, R_X86_64_8 -> Scan.narrow(ctxt, r);
        case R_X86_64_GOTPCRELX,
            R_X86_64_REX_GOTPCRELX,
            R_X86_64_CODE_4_GOTPCRELX,
            R_X86_64_CODE_5_GOTPCRELX,
            R_X86_64_CODE_6_GOTPCRELX -> {
          if (Amd64Relax.needsSlot(syms, r.symbol(), Amd64Relax.decide(ctxt, syms, r))) {
            syms.need(r.symbol(), Need.GOT);
          }
        }
        case R_X86_64_GOTPCREL, R_X86_64_GOTPCREL64 -> syms.need(r.symbol(), Need.GOT);
        default -> scanOther(ctxt, syms, r);
      }
    }
  }

  private static void scanOther(Link ctxt, Symbols syms, Relocs r) {
    switch (r.type()) {
      case R_X86_64_NONE, R_X86_64_GNU_VTINHERIT, R_X86_64_GNU_VTENTRY -> {}
      case R_X86_64_GOT32, R_X86_64_GOT64, R_X86_64_GOTPLT64 -> {
        syms.need(r.symbol(), Need.GOT);
        ctxt.needGotBase();
      }
      case R_X86_64_GOTPC32, R_X86_64_GOTPC64 -> ctxt.needGotBase();
      case R_X86_64_GOTOFF64 -> {
        Scan.pcRelative(ctxt, r);
        ctxt.needGotBase();
      }
      case R_X86_64_PLTOFF64 -> {
        Scan.call(ctxt, r);
        ctxt.needGotBase();
      }
      case R_X86_64_SIZE32, R_X86_64_SIZE64 -> {
        if (syms.isPreemptible(r.symbol())) {
          r.addDynamic(r.type(), r.symbol(), r.addend());
        }
      }
      case R_X86_64_TLSLD -> Amd64TlsCalls.scanLd(ctxt, r);
      case R_X86_64_TLSDESC_CALL -> Amd64Tls.scanDescCall(ctxt, syms, r);
      case R_X86_64_TLSGD,
          R_X86_64_GOTTPOFF,
          R_X86_64_CODE_4_GOTTPOFF,
          R_X86_64_CODE_5_GOTTPOFF,
          R_X86_64_CODE_6_GOTTPOFF,
          R_X86_64_GOTPC32_TLSDESC,
          R_X86_64_CODE_4_GOTPC32_TLSDESC,
          R_X86_64_CODE_5_GOTPC32_TLSDESC,
          R_X86_64_CODE_6_GOTPC32_TLSDESC,
          R_X86_64_TPOFF32,
          R_X86_64_TPOFF64,
          R_X86_64_DTPOFF32,
          R_X86_64_DTPOFF64 ->
          scanTls(ctxt, syms, r);
      case R_X86_64_COPY,
          R_X86_64_GLOB_DAT,
          R_X86_64_JUMP_SLOT,
          R_X86_64_RELATIVE,
          R_X86_64_RELATIVE64,
          R_X86_64_IRELATIVE,
          R_X86_64_DTPMOD64,
          R_X86_64_TLSDESC ->
          r.error(
              DiagnosticCode.UNKNOWN_RELOCATION,
              "unexpected dynamic relocation " + Amd64Reloc.name(r.type()) + " in an object");
      default -> r.error(DiagnosticCode.UNKNOWN_RELOCATION, "unknown relocation type " + r.type());
    }
  }

  /** Those that speak of a thread-local symbol. */
  private static void scanTls(Link ctxt, Symbols syms, Relocs r) {
    int sym = r.symbol();
    if (!syms.isTls(sym) && !syms.isUndefinedWeak(sym)) {
      r.error(DiagnosticCode.TLS_RELOCATION, against(syms, r) + ", which is not thread-local");
      return;
    }
    switch (r.type()) {
      case R_X86_64_TLSGD -> Amd64TlsCalls.scanGd(ctxt, syms, r);
      case R_X86_64_GOTTPOFF,
          R_X86_64_CODE_4_GOTTPOFF,
          R_X86_64_CODE_5_GOTTPOFF,
          R_X86_64_CODE_6_GOTTPOFF ->
          Amd64Tls.scanIe(ctxt, syms, r);
      case R_X86_64_TPOFF32, R_X86_64_TPOFF64 -> {
        if (ctxt.isShared()) {
          r.error(DiagnosticCode.NOT_PIC, Scan.cannotBeUsed(ctxt, r));
        } else if (syms.isPreemptible(sym) && !syms.isUndefinedWeak(sym)) {
          r.error(
              DiagnosticCode.TLS_RELOCATION,
              against(syms, r) + " can not be used: a shared library defines it");
        }
      }
      case R_X86_64_DTPOFF32, R_X86_64_DTPOFF64 -> {
        // In a shared object -ftls-model=local-dynamic is the user's word that nobody preempts it.
        if (!syms.isDefinedHere(sym) && !syms.isUndefinedWeak(sym)) {
          r.error(
              DiagnosticCode.TLS_RELOCATION,
              against(syms, r) + " can not be used: it is not defined in this output");
        }
      }
      default -> Amd64Tls.scanDesc(ctxt, syms, r);
    }
  }

  private static String against(Symbols syms, Relocs r) {
    return "relocation "
        + Amd64Reloc.name(r.type())
        + " against symbol '"
        + syms.name(r.symbol())
        + "'";
  }

  /** How a type refers to its symbol ({@link io.jld.arch.Arch#reference}). */
  static Reference reference(int type) {
    return switch (type) {
      case R_X86_64_PLT32, R_X86_64_PLT32_BND, R_X86_64_PLTOFF64 -> Reference.CALL;
      case R_X86_64_PC32, R_X86_64_PC32_BND -> Reference.DISPLACEMENT;
      case R_X86_64_64,
          R_X86_64_32,
          R_X86_64_32S,
          R_X86_64_16,
          R_X86_64_8,
          R_X86_64_PC64,
          R_X86_64_PC16,
          R_X86_64_PC8,
          R_X86_64_GOTOFF64 ->
          Reference.ADDRESS;
      default -> Reference.OTHER;
    };
  }

  /** Whether a displacement is that of a call or jump: assemblers of old used PC32 there. */
  static boolean isBranch(Slice content, long offset) {
    if (offset < 1) {
      return false;
    }
    int opcode = content.get8(offset - 1);
    return opcode == 0xe8
        || opcode == 0xe9
        || ((opcode & 0xf0) == 0x80 && offset > 1 && content.get8(offset - 2) == 0x0f);
  }
}
