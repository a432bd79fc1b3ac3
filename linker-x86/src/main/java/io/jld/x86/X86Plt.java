package io.jld.x86;

import io.jld.arch.ArchInfo;
import io.jld.arch.PltUnwind;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;

/**
 * The procedure linkage table (psABI, "Procedure Linkage Table").
 *
 * <p>An entry jumps through its slot in {@code .got.plt}. i386 has no addressing relative to the
 * program counter: in a position-independent output the entry finds its slot through {@code %ebx},
 * which callers set to {@code _GLOBAL_OFFSET_TABLE_} before a call through the PLT; in an output at
 * a fixed address it knows the slot's address. Hence an entry of a position-independent output
 * can't stand for its function's address: somebody who calls through a pointer does not set {@code
 * %ebx}.
 *
 * <p>{@code .got.plt} starts with three words: the address of {@code .dynamic}, and two that the
 * loader fills in, what it knows this output by and the address of its resolver. At first a slot
 * leads back to its entry, after the jump, where the offset of its relocation in {@code .rel.plt}
 * is pushed; the header pushes the second word and goes to the resolver, which fills in the slot.
 * No register but {@code %ebx} may be used: {@code %eax, %ecx, %edx} hold arguments of functions
 * with {@code regparm} or {@code fastcall}.
 *
 * <p>With indirect branch tracking (IBT) every target of an indirect jump starts with {@code
 * endbr32}: the entry's start, which may be a function's address, and the place where the slot
 * first leads. That is too much for 16 bytes, so that the entry is in two parts: {@code .plt.sec}
 * has the jump through the slot, which calls go to, and {@code .plt} the rest.
 *
 * <p>The bytes are those that GNU binutils use, as objdump and gdb find the names of entries by
 * them ({@code puts@plt}).
 */
final class X86Plt {
  /** In bytes: header, lazily bound entry, entry that is not. */
  static final ArchInfo.PltSizes SIZES = new ArchInfo.PltSizes(16, 16, 8);

  static final ArchInfo.PltSizes IBT_SIZES = new ArchInfo.PltSizes(16, 16, 16, true);

  /** {@code Elf32_Rel} in bytes: what counts the relocations in {@code .rel.plt}. */
  private static final int REL_SIZE = 8;

  private static final byte[] HEADER =
      bytes(
          0xff, 0x35, 0, 0, 0, 0, // pushl GOT+4
          0xff, 0x25, 0, 0, 0, 0, // jmp   *GOT+8
          0x0f, 0x1f, 0x40, 0x00); // nopl  0(%eax)

  private static final byte[] PIC_HEADER =
      bytes(
          0xff, 0xb3, 4, 0, 0, 0, // pushl 4(%ebx)
          0xff, 0xa3, 8, 0, 0, 0, // jmp   *8(%ebx)
          0x0f, 0x1f, 0x40, 0x00); // nopl  0(%eax)

  private static final byte[] ENTRY =
      bytes(
          0xff, 0x25, 0, 0, 0, 0, // jmp   *slot      or ff a3: jmp *slot@GOTOFF(%ebx)
          0x68, 0, 0, 0, 0, // pushl $offset in .rel.plt
          0xe9, 0, 0, 0, 0); // jmp   header

  private static final byte[] IBT_ENTRY =
      bytes(
          0xf3, 0x0f, 0x1e, 0xfb, // endbr32
          0x68, 0, 0, 0, 0, // pushl $offset in .rel.plt
          0xe9, 0, 0, 0, 0, // jmp   header
          0x66, 0x90); // xchg  %ax, %ax

  private static final byte[] DIRECT =
      bytes(
          0xff, 0x25, 0, 0, 0, 0, // jmp   *slot      or ff a3: jmp *slot@GOTOFF(%ebx)
          0x66, 0x90); // xchg  %ax, %ax

  private static final byte[] IBT_DIRECT =
      bytes(
          0xf3, 0x0f, 0x1e, 0xfb, // endbr32
          0xff, 0x25, 0, 0, 0, 0, // jmp   *slot      or ff a3: jmp *slot@GOTOFF(%ebx)
          0x66, 0x0f, 0x1f, 0x44, 0, 0); // nopw  0(%eax,%eax,1)

  /** Where the jump through the slot starts. */
  private static final int JUMP = 0;

  private static final int IBT_JUMP = 4;

  /** Where the offset in {@code .rel.plt} is pushed. */
  private static final int PUSH = 6;

  private static final int IBT_PUSH = 4;

  /** Where a function is entered: the return address is at the top of the stack. */
  private static final byte[] AT_CALL =
      bytes(
          0x0c, 0x04, 0x04, // DW_CFA_def_cfa esp, 4
          0x88, 0x01); // DW_CFA_offset eip, -1 (times 4)

  /**
   * The header is reached with one word pushed and pushes another; in the entries, which are
   * aligned to 16, a word has been pushed where the push instruction is done.
   */
  private static final byte[] LAZY =
      bytes(
          0x0e, 0x08, // DW_CFA_def_cfa_offset 8
          0x46, // DW_CFA_advance_loc 6
          0x0e, 0x0c, // DW_CFA_def_cfa_offset 12
          0x4a, // DW_CFA_advance_loc 10: the first entry
          0x0f, 0x0b, // DW_CFA_def_cfa_expression, 11 bytes
          0x74, 0x04, //   DW_OP_breg4 (esp) 4
          0x78, 0x00, 0x3f, 0x1a, //   DW_OP_breg8 (eip) 0, DW_OP_lit15, DW_OP_and
          0x3b, 0x2a, //   DW_OP_lit11, DW_OP_ge
          0x32, 0x24, 0x22); //   DW_OP_lit2, DW_OP_shl, DW_OP_plus

  /** Where {@link #LAZY} has the end of the push instruction, and what it is for IBT. */
  private static final int PUSHED = 14;

  private static final byte DW_OP_LIT9 = 0x39;

  private X86Plt() {}

  static PltUnwind unwind(Link ctxt) {
    byte[] lazy = LAZY.clone();
    if (X86Properties.isIbt(ctxt)) {
      lazy[PUSHED] = DW_OP_LIT9;
    }
    return new PltUnwind(-4, 8, AT_CALL.clone(), lazy);
  }

  static ArchInfo.PltSizes sizes(Link ctxt) {
    return X86Properties.isIbt(ctxt) ? IBT_SIZES : SIZES;
  }

  static void writeHeader(Link ctxt, Slice slice) {
    if (ctxt.isPic()) {
      slice.put(0, PIC_HEADER);
    } else {
      slice.put(0, HEADER);
      X86Insn.put32(slice, 2, ctxt.gotBase() + 4);
      X86Insn.put32(slice, 8, ctxt.gotBase() + 8);
    }
  }

  static void writeEntry(Link ctxt, Slice slice, long addr, long slot, int index) {
    boolean ibt = X86Properties.isIbt(ctxt);
    slice.put(0, ibt ? IBT_ENTRY : ENTRY);
    if (!ibt) {
      putJump(ctxt, slice, JUMP, slot);
    }
    int push = ibt ? IBT_PUSH : PUSH;
    int jmp = push + 5;
    X86Insn.put32(slice, push + 1, (long) index * REL_SIZE);
    // Entries follow the header and one another without gaps.
    ArchInfo.PltSizes sizes = sizes(ctxt);
    long header = addr - (long) index * sizes.entry() - sizes.header();
    X86Insn.put32(slice, jmp + 1, header - (addr + jmp + 5));
  }

  static void writeDirect(Link ctxt, Slice slice, long slot) {
    boolean ibt = X86Properties.isIbt(ctxt);
    slice.put(0, ibt ? IBT_DIRECT : DIRECT);
    putJump(ctxt, slice, ibt ? IBT_JUMP : JUMP, slot);
  }

  /** The code after an entry's jump, or the entry where that is in {@code .plt.sec}. */
  static long lazySlotValue(Link ctxt, long entry) {
    return entry + (X86Properties.isIbt(ctxt) ? 0 : PUSH);
  }

  private static void putJump(Link ctxt, Slice slice, int at, long slot) {
    if (ctxt.isPic()) {
      X86Insn.put8(slice, at + 1, 0xa3);
      X86Insn.put32(slice, at + 2, slot - ctxt.gotBase());
    } else {
      X86Insn.put32(slice, at + 2, slot);
    }
  }

  private static byte[] bytes(int... values) {
    byte[] result = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (byte) values[i];
    }
    return result;
  }
}
