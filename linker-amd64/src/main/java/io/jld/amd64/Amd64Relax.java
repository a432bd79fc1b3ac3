package io.jld.amd64;

import static io.jld.amd64.Amd64Bytes.putSigned32;
import static io.jld.amd64.Amd64Reloc.R_X86_64_CODE_4_GOTPCRELX;
import static io.jld.amd64.Amd64Reloc.R_X86_64_GOTPCRELX;
import static io.jld.amd64.Amd64Reloc.R_X86_64_REX_GOTPCRELX;

import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;

/**
 * GOT loads that become immediate (psABI, "Optimize GOTPCRELX Relocations").
 *
 * <p>A compiler that does not know where a symbol ends up reads its address from the GOT. Where it
 * ends up in this very output the slot is a detour: the instruction has room for the address
 * itself. The relocation types {@code GOTPCRELX}, {@code REX_GOTPCRELX} and {@code
 * CODE_4_GOTPCRELX} promise that the field belongs to an instruction, and say how many bytes of it
 * stand before the field, so that it can be read backwards: opcode and ModRM are the two bytes
 * before the field, a REX prefix is the third, a REX2 prefix the fourth and third.
 *
 * <pre>
 *   mov   foo@GOTPCREL(%rip), %reg      lea   foo(%rip), %reg           LEA
 *   mov   foo@GOTPCREL(%rip), %reg      mov   $foo, %reg                MOV  address is fixed
 *   call  *foo@GOTPCREL(%rip)           addr32 call foo                 CALL
 *   jmp   *foo@GOTPCREL(%rip)           jmp foo; nop                    JMP
 *   test  %reg, foo@GOTPCREL(%rip)      test  $foo, %reg                TEST not in PIC
 *   add   foo@GOTPCREL(%rip), %reg      add   $foo, %reg                ALU  not in PIC
 * </pre>
 *
 * <p>ALU stands for add, or, adc, sbb, and, sub, xor and cmp. The register moves from ModRM's reg
 * to its r/m field when an immediate is written, and its high bits move from the prefix's R to B.
 *
 * <p>The address is fixed where the symbol is absolute: {@code SHN_ABS}, or a weak reference that
 * nothing defines, whose address is zero. Such an address must not be formed relative to the place,
 * for in PIC the place moves and the address does not; hence MOV and not LEA, and no CALL or JMP.
 * It need not fit into four bytes either, and while relocations are scanned nobody knows. So an
 * absolute symbol keeps its slot ({@link #needsSlot}), and {@link #apply} uses it where it must. So
 * does one that may be too far away for a displacement ({@link Symbols#isFar}): a large object of
 * the medium code model, to which the code of small objects refers, too.
 *
 * <p>IFUNCs and preemptible symbols are never rewritten: the loader decides on their addresses.
 */
final class Amd64Relax {
  /** The load stays, and reads the slot. */
  static final int KEEP = 0;

  static final int LEA = 1;
  static final int MOV = 2;
  static final int CALL = 3;
  static final int JMP = 4;
  static final int TEST = 5;
  static final int ALU = 6;

  private static final int REX_W = 0x08;
  private static final int REX_R = 0x04;

  /** The bits R3 and R4 of a REX2 prefix, which move to B3 and B4, two places to the right. */
  private static final int REX2_R = 0x44;

  private static final int REX2_MAP1 = 0x80;
  private static final int REX2_W = 0x08;

  private Amd64Relax() {}

  /**
   * What becomes of a GOT load. Scan and apply both ask here, and get the same answer: it depends
   * on the input and on the symbol's kind, not on addresses.
   */
  static int decide(Link ctxt, Symbols syms, Relocs r) {
    int sym = r.symbol();
    if (!ctxt.relax() || r.addend() != -4 || syms.isPreemptible(sym) || syms.isIfunc(sym)) {
      return KEEP; // another addend means another byte of the GOT, or an immediate after the field
    }
    long at = r.offset();
    int before = bytesBefore(r.type());
    if (before == 0 || at < before || at > r.sectionSize() - 4) {
      return KEEP;
    }
    Slice code = r.content();
    int op = code.get8(at - 2);
    int modrm = code.get8(at - 1);
    boolean fixed = syms.isAbsolute(sym);
    switch (before) {
      case 2 -> {
        if (op == 0xff && !fixed) {
          if (modrm == 0x15) {
            return CALL;
          }
          if (modrm == 0x25) {
            return JMP;
          }
        }
      }
      case 3 -> {
        if ((code.get8(at - 3) & 0xf0) != 0x40) {
          return KEEP;
        }
      }
      default -> {
        if (code.get8(at - 4) != 0xd5 || (code.get8(at - 3) & REX2_MAP1) != 0) {
          return KEEP;
        }
      }
    }
    if ((modrm & 0xc7) != 0x05) {
      return KEEP; // not disp32(%rip)
    }
    if (op == 0x8b) {
      return fixed ? MOV : LEA;
    }
    if (ctxt.isPic() && !fixed) {
      return KEEP; // the immediate would have to move with the output
    }
    if (op == 0x85) {
      return TEST;
    }
    return (op & 0xc7) == 0x03 ? ALU : KEEP;
  }

  /** Whether the symbol needs its GOT slot, given what {@link #decide} said. */
  static boolean needsSlot(Symbols syms, int sym, int decision) {
    return decision == KEEP
        || syms.isFar(sym)
        || (syms.isAbsolute(sym) && !syms.isUndefinedWeak(sym));
  }

  /** Rewrites the instruction, or else fills in the way to the slot. */
  static void apply(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int sym = r.symbol();
    int decision = inReach(syms, r, decide(ctxt, syms, r));
    long at = r.offset();
    long target = decision == KEEP ? 0 : syms.value(sym);
    switch (decision) {
      case LEA -> {
        // 8b modrm disp32     mov foo@GOTPCREL(%rip), %reg
        // 8d modrm disp32     lea foo(%rip), %reg
        s.put8(at - 2, 0x8d);
        putSigned32(r, s, at, target - 4 - r.place());
      }
      case CALL -> {
        // ff 15 disp32        call *foo@GOTPCREL(%rip)
        // 67 e8 rel32         addr32 call foo
        s.put8(at - 2, 0x67);
        s.put8(at - 1, 0xe8);
        putSigned32(r, s, at, target - 4 - r.place());
      }
      case JMP -> {
        // ff 25 disp32        jmp *foo@GOTPCREL(%rip)
        // e9 rel32 90         jmp foo; nop
        s.put8(at - 2, 0xe9);
        s.put8(at + 3, 0x90);
        putSigned32(r, s, at - 1, target - 3 - r.place());
      }
      case MOV, TEST, ALU -> {
        if (fits(r, s, at, target)) {
          immediate(r, s, at, decision);
          s.put32(at, (int) target);
        } else if (needsSlot(syms, sym, decision)) {
          putSigned32(r, s, at, syms.gotSlot(sym) - 4 - r.place());
        } else {
          r.outOfRange(target, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
      }
      default -> putSigned32(r, s, at, syms.gotSlot(sym) + r.addend() - r.place());
    }
  }

  /** What becomes of the load, now that it is known where a far symbol is. */
  private static int inReach(Symbols syms, Relocs r, int decision) {
    if (decision != LEA && decision != CALL && decision != JMP || !syms.isFar(r.symbol())) {
      return decision;
    }
    long displacement = syms.value(r.symbol()) - (decision == JMP ? 3 : 4) - r.place();
    return displacement == (int) displacement ? decision : KEEP;
  }

  private static int bytesBefore(int type) {
    return switch (type) {
      case R_X86_64_GOTPCRELX -> 2;
      case R_X86_64_REX_GOTPCRELX -> 3;
      case R_X86_64_CODE_4_GOTPCRELX -> 4;
      default -> 0;
    };
  }

  /** An immediate is sign-extended in 64-bit instructions, and just the operand in 32-bit ones. */
  private static boolean fits(Relocs r, Slice s, long at, long v) {
    boolean wide =
        switch (r.type()) {
          case R_X86_64_REX_GOTPCRELX -> (s.get8(at - 3) & REX_W) != 0;
          case R_X86_64_CODE_4_GOTPCRELX -> (s.get8(at - 3) & REX2_W) != 0;
          default -> false;
        };
    return v == (int) v || (!wide && v >>> 32 == 0);
  }

  /** Opcode, ModRM and prefix of the form with an immediate. */
  private static void immediate(Relocs r, Slice s, long at, int decision) {
    int op = s.get8(at - 2);
    int reg = (s.get8(at - 1) >> 3) & 7;
    switch (decision) {
      case MOV -> {
        // 8b modrm disp32     mov foo@GOTPCREL(%rip), %reg
        // c7 /0 imm32         mov $foo, %reg
        s.put8(at - 2, 0xc7);
        s.put8(at - 1, 0xc0 | reg);
      }
      case TEST -> {
        // 85 modrm disp32     test %reg, foo@GOTPCREL(%rip)
        // f7 /0 imm32         test $foo, %reg
        s.put8(at - 2, 0xf7);
        s.put8(at - 1, 0xc0 | reg);
      }
      default -> {
        // 03 modrm disp32     add foo@GOTPCREL(%rip), %reg; 0b or, 13 adc, 1b sbb, 23 and, ...
        // 81 /n imm32         add $foo, %reg; n is the number of the operation: opcode bits 3-5
        s.put8(at - 2, 0x81);
        s.put8(at - 1, 0xc0 | (op & 0x38) | reg);
      }
    }
    if (r.type() == R_X86_64_REX_GOTPCRELX) {
      s.put8(at - 3, rexToRm(s.get8(at - 3)));
    } else if (r.type() == R_X86_64_CODE_4_GOTPCRELX) {
      s.put8(at - 3, rex2ToRm(s.get8(at - 3)));
    }
  }

  /** A REX prefix whose register was in ModRM's reg field and is in its r/m field now. */
  static int rexToRm(int rex) {
    return 0x40 | (rex & REX_W) | ((rex & REX_R) >> 2);
  }

  /** The second byte of a REX2 prefix, likewise. */
  static int rex2ToRm(int payload) {
    return (payload & (REX2_MAP1 | REX2_W)) | ((payload & REX2_R) >> 2);
  }
}
