package io.jld.examples.riscv64;

import io.jld.asmb.Blocks;
import io.jld.asmb.Link;
import io.jld.asmb.Section;
import io.jld.asmb.Segment;
import io.jld.asmb.WriteParallel;

/** Writes the output, all sections at the same time. */
final class Riscv64Asmb {
  private Riscv64Asmb() {}

  static void asmb(Link ctxt) {
    WriteParallel sections = new WriteParallel(ctxt);
    for (Segment segment : ctxt.segments()) {
      for (Section s : segment.sections()) {
        if (segment == ctxt.segdwarf()) {
          sections.add(Blocks::dwarfblk, s);
        } else if (s.isCode()) {
          byte[] pad = Blocks.codePad(ctxt, s);
          sections.add((link, out, addr, size) -> Blocks.codeblkPad(link, out, addr, size, pad), s);
        } else {
          sections.add(Blocks::datblk, s);
        }
      }
    }
    sections.await();
  }
}
