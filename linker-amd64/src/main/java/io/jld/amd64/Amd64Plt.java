package io.jld.amd64;

import static io.jld.amd64.Amd64Bytes.code;

import io.jld.arch.ArchInfo.PltSizes;
import io.jld.arch.PltUnwind;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;

/**
 * The procedure linkage table (psABI, "Procedure Linkage Table").
 *
 * <p>A call of a function that the loader finds goes to an entry of {@code .plt}, which jumps
 * through the function's slot in {@code .got.plt}. Before the function is bound the slot leads back
 * into the entry, after the jump: there the entry pushes the number of its relocation and goes to
 * the table's header, which pushes the loader's word {@code GOT[1]} and jumps to the resolver in
 * {@code GOT[2]}. The resolver binds the slot, and from then on the entry is a single jump.
 *
 * <p>With indirect branch tracking (CET IBT) every target of an indirect jump starts with {@code
 * endbr64}: the entry, whose address may be taken, and the code that the unbound slot leads to.
 * Both do not fit into 16 bytes, so that the entry is in two parts: {@code .plt.sec} has the jump
 * through the slot, and is where calls go; {@code .plt} has the rest.
 *
 * <p>A direct entry jumps through a slot that the loader fills before the program starts: in {@code
 * .plt.got} for functions that have a slot in {@code .got} anyway, and for IFUNCs.
 *
 * <p>The bytes are the ones that GNU binutils use. That is more than taste: objdump, gdb and perf
 * recognise entries by their bytes when they make up names such as {@code puts@plt}.
 */
final class Amd64Plt {
  /** In bytes: header, lazily bound entry, entry that is not. */
  static final PltSizes SIZES = new PltSizes(16, 16, 8);

  static final PltSizes IBT_SIZES = new PltSizes(16, 16, 16, true);

  private static final byte[] HEADER =
      code(
          """
          ff 35 00000000              # push GOT+8(%rip)
          ff 25 00000000              # jmp *GOT+16(%rip)
          0f 1f 40 00                 # nopl 0(%rax)
          """);

  private static final byte[] ENTRY =
      code(
          """
          ff 25 00000000              # jmp *slot(%rip)
          68 00000000                 # push $index        <- unbound slot
          e9 00000000                 # jmp header
          """);

  private static final byte[] IBT_ENTRY =
      code(
          """
          f3 0f 1e fa                 # endbr64            <- unbound slot
          68 00000000                 # push $index
          e9 00000000                 # jmp header
          66 90                       # xchg %ax, %ax
          """);

  private static final byte[] DIRECT =
      code(
          """
          ff 25 00000000              # jmp *slot(%rip)
          66 90                       # xchg %ax, %ax
          """);

  private static final byte[] IBT_DIRECT =
      code(
          """
          f3 0f 1e fa                 # endbr64
          ff 25 00000000              # jmp *slot(%rip)
          66 0f 1f 44 00 00           # nopw 0(%rax,%rax,1)
          """);

  /** Where a function is entered: the return address is at the top of the stack. */
  private static final byte[] AT_CALL =
      code(
          """
          0c 07 08                    # DW_CFA_def_cfa rsp, 8
          90 01                       # DW_CFA_offset rip, -1 (times 8)
          """);

  /**
   * The header is reached with one word pushed and pushes another; in the entries, which are
   * aligned to 16, a word has been pushed where the push instruction is done.
   */
  private static final byte[] LAZY =
      code(
          """
          0e 10                       # DW_CFA_def_cfa_offset 16
          46                          # DW_CFA_advance_loc 6
          0e 18                       # DW_CFA_def_cfa_offset 24
          4a                          # DW_CFA_advance_loc 10: the first entry
          0f 0b                       # DW_CFA_def_cfa_expression, 11 bytes
          77 08                       #   DW_OP_breg7 (rsp) 8
          80 00 3f 1a                 #   DW_OP_breg16 (rip) 0, DW_OP_lit15, DW_OP_and
          3b 2a                       #   DW_OP_lit11, DW_OP_ge
          33 24 22                    #   DW_OP_lit3, DW_OP_shl, DW_OP_plus
          """);

  /** Where {@link #LAZY} has the end of the push instruction, and what it is for IBT. */
  private static final int PUSHED = 14;

  private static final byte DW_OP_LIT9 = 0x39;

  private Amd64Plt() {}

  static PltUnwind unwind(Link ctxt) {
    byte[] lazy = LAZY.clone();
    if (Amd64Properties.isIbt(ctxt)) {
      lazy[PUSHED] = DW_OP_LIT9;
    }
    return new PltUnwind(-8, 16, AT_CALL.clone(), lazy);
  }

  /**
   * @param addr of the header
   */
  static void writeHeader(Link ctxt, Slice s, long addr) {
    s.put(0, HEADER);
    s.put32(2, reach(ctxt, addr + 6, ctxt.gotBase() + 8));
    s.put32(8, reach(ctxt, addr + 12, ctxt.gotBase() + 16));
  }

  /**
   * @param addr of the entry; the header lies {@code index} entries and itself before it
   * @param slot of the function, in {@code .got.plt}
   * @param index of the function's relocation in {@code .rela.plt}
   */
  static void writeEntry(Link ctxt, Slice s, long addr, long slot, int index) {
    boolean ibt = Amd64Properties.isIbt(ctxt);
    PltSizes sizes = sizes(ibt);
    long header = addr - (long) index * sizes.entry() - sizes.header();
    s.put(0, ibt ? IBT_ENTRY : ENTRY);
    int push = ibt ? 4 : 6;
    if (!ibt) {
      s.put32(2, reach(ctxt, addr + 6, slot));
    }
    s.put32(push + 1, index);
    s.put32(push + 6, reach(ctxt, addr + push + 10, header));
  }

  /**
   * @param addr of the entry
   */
  static void writeDirect(Link ctxt, Slice s, long addr, long slot) {
    boolean ibt = Amd64Properties.isIbt(ctxt);
    s.put(0, ibt ? IBT_DIRECT : DIRECT);
    int jump = ibt ? 4 : 0;
    s.put32(jump + 2, reach(ctxt, addr + jump + 6, slot));
  }

  /** Where the unbound slot of the entry at {@code entry} leads: see the arrows above. */
  static long lazySlotValue(Link ctxt, long entry) {
    return entry + (Amd64Properties.isIbt(ctxt) ? 0 : 6);
  }

  static PltSizes sizes(boolean ibt) {
    return ibt ? IBT_SIZES : SIZES;
  }

  /** The displacement to {@code target} in an instruction that ends at {@code end}. */
  private static int reach(Link ctxt, long end, long target) {
    long distance = target - end;
    if (distance != (int) distance) {
      ctxt.error(
          DiagnosticCode.TOO_FAR,
          Location.NONE,
          "the PLT entry before 0x"
              + Long.toHexString(end)
              + " is too far from 0x"
              + Long.toHexString(target)
              + ": more than 2 GiB");
    }
    return (int) distance;
  }
}
