package io.jld.examples.aarch64;

import io.jld.asmb.Blocks;
import io.jld.asmb.Link;
import io.jld.asmb.Section;
import io.jld.asmb.Segment;
import io.jld.asmb.WriteParallel;

/**
 * Writes the output, all sections at the same time. Gaps between code are filled with {@code udf},
 * which traps; in {@code .init} and {@code .fini}, whose pieces run into each other, with {@code
 * nop}.
 */
final class Aarch64Asmb {
  private Aarch64Asmb() {}

  static void asmb(Link ctxt) {
    WriteParallel all = new WriteParallel(ctxt);
    for (Segment segment : ctxt.segments()) {
      for (Section section : segment.sections()) {
        if (segment == ctxt.segdwarf()) {
          all.add(Blocks::dwarfblk, section);
        } else if (section.isCode()) {
          byte[] pad = Blocks.codePad(ctxt, section);
          all.add(
              (link, out, addr, size) -> Blocks.codeblkPad(link, out, addr, size, pad), section);
        } else {
          all.add(Blocks::datblk, section);
        }
      }
    }
    all.await();
  }
}
