package io.jld.x86;

import static io.jld.arch.testkit.FakeLink.OutputSection.code;
import static io.jld.arch.testkit.FakeLink.OutputSection.data;
import static io.jld.arch.testkit.FakeLink.OutputSection.runThrough;
import static io.jld.arch.testkit.FakeLink.OutputSection.segment;
import static io.jld.arch.testkit.FakeLink.filled;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.asmb.OutBuf;
import io.jld.link.OutputKind;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Which of the writers each section gets, and that every byte is written whatever stood there. */
class X86AsmbTest {
  private static X86Fixture link(OutBuf out) {
    X86Fixture link = new X86Fixture(OutputKind.EXECUTABLE, true, out);
    link.lists(
        filled(0x11, 2, 0x1000, 0x1004, 0x1010, 0x1018),
        filled(0x22, 2, 0x804, 0x3002, 0x3100),
        filled(0x33, 3, 40, 45));
    link.segments(
        segment("rodata", data(".rodata", 0x800, 8, 0)),
        segment("text", runThrough(".init", 0x1000, 8, 8), code(".text", 0x1010, 16, 16)),
        segment("relrodata"),
        segment("data", data(".data", 0x3000, 8, 32), data(".bss", 0x3100, 0, 40)),
        segment("dwarf", data(".debug_info", 40, 8, 40)));
    return link;
  }

  @Test
  void everyByteIsWritten() {
    byte[] expected =
        HexFormat.of()
            .parseHex(
                "0000000022220000" // .rodata
                    + "1111909011119090" // .init
                    + "1111cccccccccccc1111cccccccccccc" // .text
                    + "0000222200000000" // .data
                    + "3333330000333333"); // .debug_info
    for (int before : new int[] {0, 0xa5}) {
      try (Arena arena = Arena.ofShared()) {
        OutBuf out = OutBuf.ofSize(ByteOrder.LITTLE_ENDIAN, arena, expected.length);
        out.writePad(expected.length, new byte[] {(byte) before});
        X86Fixture link = link(out);
        link.arch().asmb(link);
        link.arch().asmb2(link);
        assertTrue(link.tablesWritten());
        assertArrayEquals(expected, out.bytes().toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }
}
