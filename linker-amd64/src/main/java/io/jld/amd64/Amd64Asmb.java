package io.jld.amd64;

import io.jld.asmb.Blocks;
import io.jld.asmb.Link;
import io.jld.asmb.Section;
import io.jld.asmb.Segment;
import io.jld.asmb.WriteParallel;
import java.util.List;

/**
 * Writes the output, all sections at the same time.
 *
 * <p>No byte of one section depends on a byte of another: addresses are known, and relocations are
 * applied while a section's symbols are copied. So every section is a {@link WriteParallel} of its
 * own, from the first byte of Segtext to the last of Segdwarf, and large ones are cut into blocks
 * once more. The only thing that is waited for is the end of all of them.
 *
 * <p>Gaps between code are filled with {@code int3}, on which a jump that went astray stops at
 * once; in {@code .init} and {@code .fini}, whose pieces run into each other, with {@code nop}.
 */
final class Amd64Asmb {
  private Amd64Asmb() {}

  static void asmb(Link ctxt) {
    WriteParallel wp = new WriteParallel(ctxt);
    // Code has the most relocations and takes longest: it comes first.
    for (Segment segment :
        List.of(ctxt.segtext(), ctxt.segrodata(), ctxt.segrelrodata(), ctxt.segdata())) {
      for (Section sect : segment.sections()) {
        if (sect.isCode()) {
          byte[] pad = Blocks.codePad(ctxt, sect);
          wp.add((link, out, addr, size) -> Blocks.codeblkPad(link, out, addr, size, pad), sect);
        } else {
          wp.add(Blocks::datblk, sect);
        }
      }
    }
    for (Section sect : ctxt.segdwarf().sections()) {
      wp.add(Blocks::dwarfblk, sect);
    }
    wp.await();
  }

  /** What is sized last: headers, symbol table, section headers. */
  static void asmb2(Link ctxt) {
    ctxt.writeTables();
  }
}
