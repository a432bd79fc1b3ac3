package io.jld.examples.aarch64;

import static io.jld.examples.aarch64.Aarch64Insn.*;
import static io.jld.examples.aarch64.Aarch64Reloc.*;

import io.jld.arch.Relocs;
import io.jld.arch.Thunks;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;

/**
 * Range extension (psABI, "Call and Jump relocations"): {@code b} and {@code bl} reach 128 MiB, and
 * whoever uses them has to expect that {@code x16} and {@code x17} change on the way.
 *
 * <p>Conditional branches, which reach 1 MiB or 32 KiB, stay inside of a function for all
 * compilers; one that does not reach is an error.
 *
 * <pre>
 *   b     target                 within 128 MiB
 *
 *   adrp  x16, target            within 4 GiB
 *   add   x16, x16, :lo12:target
 *   br    x16
 *
 *   adr   x17, .                 anywhere
 *   movz  x16, #d0
 *   movk  x16, #d1, lsl #16
 *   movk  x16, #d2, lsl #32
 *   movk  x16, #d3, lsl #48
 *   add   x16, x16, x17
 *   br    x16
 * </pre>
 *
 * Where the output is fit for BTI, {@code br x16} may lead to functions only that begin with {@code
 * bti c}. Those that nobody takes the address of may have none; so there the last instruction is
 * {@code ret x16}, which may lead anywhere.
 */
final class Aarch64Thunks implements Thunks {
  private static final long REACH = 1L << 27;
  private static final int SHORT = 4;
  private static final int PAGE = 12;
  private static final int FAR = 28;

  @Override
  public long reach() {
    return REACH;
  }

  @Override
  public long align() {
    return 4;
  }

  /** A branch to an undefined weak symbol goes nowhere. */
  @Override
  public boolean isExtensible(Link ctxt, Relocs r) {
    return (r.type() == R_AARCH64_CALL26 || r.type() == R_AARCH64_JUMP26)
        && !ctxt.symbols().isUndefinedWeak(r.symbol());
  }

  @Override
  public boolean reaches(int type, long place, long target) {
    return isWithin(target - place, REACH);
  }

  @Override
  public int size(Link ctxt, long addr, long target) {
    if (isWithin(target - addr, REACH)) {
      return SHORT;
    }
    return isWithin(pages(addr, target), 1 << 20) ? PAGE : FAR;
  }

  private static boolean isWithin(long distance, long reach) {
    return distance >= -reach && distance < reach;
  }

  @Override
  public void write(Link ctxt, Slice s, int size, long addr, long target) {
    if (size == SHORT) {
      s.put32(0, B | (int) (target - addr >> 2) & 0x3ffffff);
      return;
    }
    if (size == PAGE) {
      s.put32(0, withImm21(ADRP | 16, pages(addr, target)));
      s.put32(4, withImm12(ADD | 16 << 5 | 16, target));
    } else {
      long distance = target - addr;
      s.put32(0, ADR | 17);
      s.put32(4, withImm16(MOVZ | 16, distance));
      for (int group = 1; group < 4; group++) {
        s.put32(4 + 4 * group, withImm16(MOVK | group << 21 | 16, distance >> 16 * group));
      }
      s.put32(20, ADD_X16_X16_X17);
    }
    s.put32(size - 4, (Aarch64Properties.isBti(ctxt) ? RET : BR) | 16 << 5);
  }

  @Override
  public String mappingSymbol() {
    return "$x";
  }
}
