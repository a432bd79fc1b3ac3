package io.jld.x86;

import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;

/**
 * GOT loads whose slot is not needed (psABI, "Optimize R_386_GOT32X").
 *
 * <p>A compiler that does not know where a symbol will be defined reads its address from the GOT.
 * Where the symbol turns out to be defined in this output and to stay there, its address is a
 * constant, or a constant distance from the GOT, which a register holds already. Assemblers mark
 * the instructions that may be rewritten with {@code R_386_GOT32X}; a plain {@code R_386_GOT32} may
 * stand in anything, {@code movl $foo@GOT, %eax} or data, and is left alone.
 *
 * <pre>
 *                                   position-dependent         position-independent
 *   movl  foo@GOT(%r1), %r2         movl $foo, %r2             leal foo@GOTOFF(%r1), %r2
 *   movl  foo@GOT, %r2              movl $foo, %r2             (an error: %r1 is needed)
 *   call *foo@GOT(%r1)              addr32 call foo            addr32 call foo
 *   jmp  *foo@GOT(%r1)              jmp foo; nop               jmp foo; nop
 *   test  %r2, foo@GOT(%r1)         test $foo, %r2             -
 *   binop foo@GOT(%r1), %r2         binop $foo, %r2            -
 * </pre>
 *
 * <p>A symbol with an absolute value, and a weak one that nothing defines, does not move with a
 * position-independent output: it takes the left column, except for calls, whose distance is not
 * known.
 */
final class X86Relax {
  /** The instruction stays and reads the GOT. */
  static final int KEEP = 0;

  /** {@code movl foo@GOT(%r1), %r2} becomes {@code leal foo@GOTOFF(%r1), %r2}. */
  static final int TO_LEA = 1;

  /** The operand in memory becomes a constant. */
  static final int TO_IMMEDIATE = 2;

  /** {@code call *foo@GOT(%r1)} becomes {@code addr32 call foo}. */
  static final int TO_CALL = 3;

  /** {@code jmp *foo@GOT(%r1)} becomes {@code jmp foo; nop}. */
  static final int TO_JMP = 4;

  private X86Relax() {}

  /**
   * What becomes of the instruction at an {@code R_386_GOT32X}; asked by the scan and again when it
   * is applied.
   */
  static int got32x(Link ctxt, Relocs r) {
    if (!ctxt.relax() || r.addend() != 0 || r.offset() > r.sectionSize() - 4) {
      return KEEP;
    }
    Symbols syms = ctxt.symbols();
    int sym = r.symbol();
    if (syms.isPreemptible(sym) || syms.isIfunc(sym)) {
      return KEEP;
    }
    int opcode = X86Insn.at(r, -2);
    int modrm = X86Insn.at(r, -1);
    if (opcode < 0 || !(X86Insn.hasBase(modrm) || (X86Insn.isBaseless(modrm) && !ctxt.isPic()))) {
      return KEEP;
    }
    boolean constant = !ctxt.isPic() || syms.isAbsolute(sym);
    if (opcode == X86Insn.MOV_LOAD) {
      return constant ? TO_IMMEDIATE : TO_LEA;
    }
    if (opcode == X86Insn.GROUP5) {
      if (ctxt.isPic() && constant) {
        return KEEP;
      }
      return switch (X86Insn.reg(modrm)) {
        case 2 -> TO_CALL;
        case 4 -> TO_JMP;
        default -> KEEP;
      };
    }
    return constant && X86Insn.takesImmediate(opcode) ? TO_IMMEDIATE : KEEP;
  }

  /**
   * Whether the field of a GOT relocation holds the slot's address and not its distance from the
   * GOT: the instruction has no base register. {@code leal foo@GOT, %r} is the exception: it asks
   * for the distance.
   */
  static boolean isAddress(Relocs r) {
    int opcode = X86Insn.at(r, -2);
    return opcode >= 0 && opcode != X86Insn.LEA && X86Insn.isBaseless(X86Insn.at(r, -1));
  }

  /**
   * Rewrites the instruction at an {@code R_386_GOT32X} as {@link #got32x} decided; not for {@link
   * #KEEP}.
   */
  static void apply(Link ctxt, Relocs r, Slice slice, int how) {
    long offset = r.offset();
    long s = ctxt.symbols().value(r.symbol());
    switch (how) {
      case TO_LEA -> {
        X86Insn.put8(slice, offset - 2, X86Insn.LEA);
        X86Insn.put32(slice, offset, s - ctxt.gotBase());
      }
      case TO_IMMEDIATE -> {
        X86Insn.toImmediate(slice, offset, X86Insn.at(r, -2), X86Insn.at(r, -1));
        X86Insn.put32(slice, offset, s);
      }
      case TO_CALL -> {
        // The address size prefix means nothing to a direct call and fills the sixth byte.
        X86Insn.put8(slice, offset - 2, X86Insn.ADDR_SIZE);
        X86Insn.put8(slice, offset - 1, X86Insn.CALL);
        X86Insn.put32(slice, offset, s - 4 - r.place());
      }
      case TO_JMP -> {
        // The displacement moves to the front by one byte and is counted from its end there.
        X86Insn.put8(slice, offset - 2, X86Insn.JMP);
        X86Insn.put32(slice, offset - 1, s - 4 - (r.place() - 1));
        X86Insn.put8(slice, offset + 3, X86Insn.NOP);
      }
      default -> throw new IllegalArgumentException("not a relaxation: " + how);
    }
  }
}
