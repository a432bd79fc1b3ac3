package io.jld.x86;

import io.jld.asmb.Blocks;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.Section;
import io.jld.asmb.Segment;
import java.util.List;

/**
 * Writes the contents of the output, section by section on the calling thread: seeks to the section
 * and writes its code, its data or its debug information there. The blocks that a large section is
 * cut into may still be written at the same time.
 *
 * <p>Gaps between functions are filled with {@code int3}, the breakpoint instruction, so that a
 * jump into one is noticed; in {@code .init} and {@code .fini}, which are run through from piece to
 * piece, with {@code nop}.
 */
final class X86Asmb {
  private X86Asmb() {}

  static void asmb(Link ctxt) {
    OutBuf out = ctxt.out();
    List<Segment> loaded =
        List.of(ctxt.segrodata(), ctxt.segtext(), ctxt.segrelrodata(), ctxt.segdata());
    for (Segment segment : loaded) {
      for (Section section : segment.sections()) {
        if (section.length() == 0) {
          continue; // SHT_NOBITS
        }
        out.seekSet(section.fileOffset());
        if (section.isCode()) {
          byte[] pad = Blocks.codePad(ctxt, section);
          Blocks.codeblkPad(ctxt, out, section.vaddr(), section.length(), pad);
        } else {
          Blocks.datblk(ctxt, out, section.vaddr(), section.length());
        }
      }
    }
    for (Section section : ctxt.segdwarf().sections()) {
      out.seekSet(section.fileOffset());
      Blocks.dwarfblk(ctxt, out, section.vaddr(), section.length());
    }
  }
}
