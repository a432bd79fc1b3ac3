package io.jld.amd64;

import static io.jld.amd64.Amd64Fixture.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.Section;
import io.jld.asmb.Segment;
import io.jld.asmb.SymList;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which writer a section gets, and what fills its gaps. */
class Amd64AsmbTest {
  private record Sect(
      String name, long vaddr, long length, long fileOffset, boolean isCode, boolean isRunThrough)
      implements Section {}

  /** Symbols of two bytes each, filled with one digit. */
  private record Syms(int digit, long... values) implements SymList {
    @Override
    public int count() {
      return values.length;
    }

    @Override
    public long value(int i) {
      return values[i];
    }

    @Override
    public long size(int i) {
      return 2;
    }

    @Override
    public MemorySegment content(int i) {
      return null;
    }

    @Override
    public void finish(Link ctxt, int i, MemorySegment slice) {
      slice.fill((byte) (digit * 0x11));
    }
  }

  @Test
  void everySectionHasItsWriter() {
    try (Arena arena = Arena.ofShared()) {
      OutBuf out = OutBuf.ofSize(ByteOrder.LITTLE_ENDIAN, arena, 40);
      out.writePad(40, new byte[] {(byte) 0xee});
      Amd64Fixture f = Amd64Fixture.exec();
      Link link =
          f.new FakeLink(f.request(), out) {
            @Override
            public SymList textp() {
              return new Syms(1, 0x2000, 0x2004, 0x2009, 0x4004);
            }

            @Override
            public SymList datap() {
              return new Syms(2, 0x1001, 0x2011, 0x4000, 0x5000);
            }

            @Override
            public SymList dwarfp() {
              return new Syms(3, 32);
            }

            @Override
            public Segment segrodata() {
              return segment(new Sect(".rodata", 0x1000, 4, 0, false, false));
            }

            @Override
            public Segment segtext() {
              return segment(
                  new Sect(".init", 0x2000, 8, 4, true, true),
                  new Sect(".text", 0x2008, 8, 12, true, false),
                  new Sect(".eh_frame", 0x2010, 4, 20, false, false));
            }

            @Override
            public Segment segrelrodata() {
              return segment();
            }

            @Override
            public Segment segdata() {
              return segment(
                  new Sect(".data", 0x4000, 4, 24, false, false),
                  new Sect(".thunks", 0x4004, 4, 28, true, false),
                  new Sect(".bss", 0x5000, 0, 32, false, false));
            }

            @Override
            public Segment segdwarf() {
              return segment(new Sect(".debug_info", 32, 4, 32, false, false));
            }
          };
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

  private static Segment segment(Section... sections) {
    return new Segment("", List.of(sections));
  }
}
