package io.jld.x86;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.Section;
import io.jld.asmb.Segment;
import io.jld.asmb.SymList;
import io.jld.link.OutputKind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which of the writers each section gets, and that every byte is written whatever stood there. */
class X86AsmbTest {
  private record Sect(
      String name, long vaddr, long length, long fileOffset, boolean isCode, boolean isRunThrough)
      implements Section {}

  private record Syms(List<Long> values, List<Long> sizes, int fill) implements SymList {
    @Override
    public int count() {
      return values.size();
    }

    @Override
    public long value(int i) {
      return values.get(i);
    }

    @Override
    public long size(int i) {
      return sizes.get(i);
    }

    @Override
    public MemorySegment content(int i) {
      return null;
    }

    @Override
    public void finish(Link ctxt, int i, MemorySegment slice) {
      slice.fill((byte) fill);
    }
  }

  private static final class Layout extends X86Fixture {
    boolean tables;

    Layout(OutBuf out) {
      super(OutputKind.EXECUTABLE, true, out);
    }

    @Override
    public SymList textp() {
      return new Syms(List.of(0x1000L, 0x1004L, 0x1010L, 0x1019L), List.of(1L, 2L, 4L, 3L), 0x11);
    }

    @Override
    public SymList datap() {
      return new Syms(List.of(0x804L, 0x3002L, 0x3100L), List.of(4L, 2L, 8L), 0x22);
    }

    @Override
    public SymList dwarfp() {
      return new Syms(List.of(40L, 44L), List.of(3L, 4L), 0x33);
    }

    @Override
    public Segment segrodata() {
      return new Segment("rodata", List.of(new Sect(".rodata", 0x800, 8, 0, false, false)));
    }

    @Override
    public Segment segtext() {
      return new Segment(
          "text",
          List.of(
              new Sect(".init", 0x1000, 8, 8, true, true),
              new Sect(".text", 0x1010, 16, 16, true, false)));
    }

    @Override
    public Segment segrelrodata() {
      return new Segment("relrodata", List.of());
    }

    @Override
    public Segment segdata() {
      return new Segment(
          "data",
          List.of(
              new Sect(".data", 0x3000, 8, 32, false, false),
              new Sect(".bss", 0x3100, 0, 40, false, false)));
    }

    @Override
    public Segment segdwarf() {
      return new Segment("dwarf", List.of(new Sect(".debug_info", 40, 8, 40, false, false)));
    }

    @Override
    public void writeTables() {
      tables = true;
    }
  }

  @Test
  void everyByteIsWritten() {
    int[] expected = {
      0, 0, 0, 0, 0x22, 0x22, 0x22, 0x22, // .rodata
      0x11, 0x90, 0x90, 0x90, 0x11, 0x11, 0x90, 0x90, // .init
      0x11, 0x11, 0x11, 0x11, 0xcc, 0xcc, 0xcc, 0xcc, // .text
      0xcc, 0x11, 0x11, 0x11, 0xcc, 0xcc, 0xcc, 0xcc, //
      0, 0, 0x22, 0x22, 0, 0, 0, 0, // .data
      0x33, 0x33, 0x33, 0, 0x33, 0x33, 0x33, 0x33 // .debug_info
    };
    byte[] bytes = new byte[expected.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) expected[i];
    }
    List<byte[]> results = new ArrayList<>();
    for (int before : new int[] {0, 0xa5}) {
      try (Arena arena = Arena.ofShared()) {
        OutBuf out = OutBuf.ofSize(ByteOrder.LITTLE_ENDIAN, arena, bytes.length);
        out.writePad(bytes.length, new byte[] {(byte) before});
        Layout link = new Layout(out);
        link.arch().asmb(link);
        link.arch().asmb2(link);
        assertEquals(true, link.tables);
        results.add(out.bytes().toArray(ValueLayout.JAVA_BYTE));
      }
    }
    assertArrayEquals(bytes, results.get(0));
    assertArrayEquals(bytes, results.get(1));
  }
}
