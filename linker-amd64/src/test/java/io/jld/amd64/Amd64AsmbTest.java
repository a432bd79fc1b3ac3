package io.jld.amd64;

import static io.jld.amd64.Amd64Fixture.hex;
import static io.jld.arch.testkit.FakeLink.OutputSection.code;
import static io.jld.arch.testkit.FakeLink.OutputSection.data;
import static io.jld.arch.testkit.FakeLink.OutputSection.runThrough;
import static io.jld.arch.testkit.FakeLink.OutputSection.segment;
import static io.jld.arch.testkit.FakeLink.filled;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.asmb.OutBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Which writer a section gets, and what fills its gaps. */
class Amd64AsmbTest {
  @Test
  void everySectionHasItsWriter() {
    try (Arena arena = Arena.ofShared()) {
      OutBuf out = OutBuf.ofSize(ByteOrder.LITTLE_ENDIAN, arena, 40);
      out.writePad(40, new byte[] {(byte) 0xee});
      Amd64Fixture link = new Amd64Fixture(out);
      link.lists(
          filled(0x11, 2, 0x2000, 0x2004, 0x2009, 0x4004),
          filled(0x22, 2, 0x1001, 0x2011, 0x4000, 0x5000),
          filled(0x33, 2, 32));
      link.segments(
          segment("rodata", data(".rodata", 0x1000, 4, 0)),
          segment(
              "text",
              runThrough(".init", 0x2000, 8, 4),
              code(".text", 0x2008, 8, 12),
              data(".eh_frame", 0x2010, 4, 20)),
          segment("relrodata"),
          segment(
              "data",
              data(".data", 0x4000, 4, 24),
              code(".thunks", 0x4004, 4, 28),
              data(".bss", 0x5000, 0, 32)),
          segment("dwarf", data(".debug_info", 32, 4, 32)));
      new Amd64().asmb(link);
      assertEquals(
          hex(
              "00222200" // .rodata
                  + "1111909011119090" // .init
                  + "cc1111cccccccccc" // .text
                  + "00222200" // .eh_frame
                  + "22220000" // .data
                  + "1111cccc" // .thunks: code in a writable segment
                  + "33330000" // .debug_info
                  + "eeeeeeee"), // not a section: nobody's
          hex(out.bytes().toArray(ValueLayout.JAVA_BYTE)));
    }
  }
}
