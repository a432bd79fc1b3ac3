package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BlocksTest {
  private static final int MIB = (int) Blocks.BLOCK_SIZE;
  private static final long ADDR = 0x400000;
  private static final byte[] PAD = {1, 2, 3};

  private static FakeSyms syms(long... valuesAndSizes) {
    FakeSyms syms = new FakeSyms();
    for (int i = 0; i < valuesAndSizes.length; i += 2) {
      syms.add(ADDR + valuesAndSizes[i], valuesAndSizes[i + 1]);
    }
    return syms;
  }

  private static FakeSyms row(int n, long size) {
    FakeSyms syms = new FakeSyms();
    for (int i = 0; i < n; i++) {
      syms.add(ADDR + i * size, size);
    }
    return syms;
  }

  private static Arguments cut(String name, FakeSyms syms, long size, long... cuts) {
    return Arguments.of(name, syms, size, cuts);
  }

  /** Where blocks begin, counted from the range's start, and its end. */
  static Stream<Arguments> cuts() {
    FakeSyms withSubs = new FakeSyms();
    withSubs.add(ADDR, MIB / 2).sub(ADDR, 16).sub(ADDR + 16, MIB / 2 - 16);
    withSubs.add(ADDR + MIB / 2, 3L * MIB); // a container: its parts end at 1.0, 1.5, 3.5 MiB
    withSubs
        .sub(ADDR + MIB / 2, MIB / 2)
        .sub(ADDR + MIB, MIB / 2)
        .sub(ADDR + 3 * MIB / 2, 2L * MIB);
    withSubs.add(ADDR + 7L * MIB / 2, MIB / 2).sub(ADDR + 7L * MIB / 2, 10);
    withSubs.add(ADDR + 4L * MIB, MIB);
    FakeSyms empties = new FakeSyms();
    for (int i = 0; i < 4; i++) {
      for (int k = 0; k < 3; k++) {
        empties.add(ADDR + i * (long) MIB, 0);
      }
      empties.add(ADDR + i * (long) MIB, MIB);
    }
    empties.add(ADDR + 4L * MIB, 0);
    return Stream.of(
        cut("nothing", syms(), 0, 0),
        cut("no symbol", syms(), 5L * MIB, 0, 5L * MIB),
        cut("small", row(10, 100), 1000, 0, 1000),
        cut("just below two blocks", row(2, MIB), 2L * MIB - 1 + 1, 0, MIB, 2L * MIB),
        cut(
            "a remainder belongs to the last block",
            syms(0, MIB, MIB, MIB - 1),
            2L * MIB - 1,
            0,
            2L * MIB - 1),
        cut(
            "symbols of a block's size",
            row(4, MIB),
            4L * MIB,
            0,
            MIB,
            2L * MIB,
            3L * MIB,
            4L * MIB),
        cut(
            "ends at the first symbol that makes it large enough",
            row(4, MIB - 1),
            4L * MIB - 4,
            0,
            2L * MIB - 2,
            4L * MIB - 4),
        cut(
            "a symbol over the boundary belongs to the block",
            row(8, 700_000),
            5_600_000,
            0,
            1_400_000,
            2_800_000,
            4_200_000,
            5_600_000),
        cut(
            "a symbol larger than a block",
            syms(0, 10, 10, 3L * MIB, 3L * MIB + 10, 2L * MIB),
            5L * MIB + 10,
            0,
            3L * MIB + 10,
            5L * MIB + 10),
        cut("one symbol larger than all blocks", syms(0, 9L * MIB), 9L * MIB, 0, 9L * MIB),
        cut(
            "a gap belongs to the block behind it",
            syms(0, MIB, 2L * MIB, MIB, 3L * MIB, MIB),
            4L * MIB,
            0,
            MIB,
            3L * MIB,
            4L * MIB),
        cut(
            "a gap before the first symbol",
            syms(3L * MIB, 16, 4L * MIB, MIB),
            5L * MIB,
            0,
            3L * MIB + 16,
            5L * MIB),
        cut("a gap behind the last symbol", syms(0, 16, MIB, 16), 9L * MIB, 0, MIB + 16, 9L * MIB),
        cut("a gap that is cut off", syms(0, 16, 16, MIB), 9L * MIB, 0, MIB + 16, 9L * MIB),
        cut("containers are not torn apart", withSubs, 5L * MIB, 0, 7L * MIB / 2, 5L * MIB),
        cut("empty symbols cut nothing", empties, 4L * MIB, 0, MIB, 2L * MIB, 3L * MIB, 4L * MIB),
        cut(
            "the range ends before the symbols do",
            row(8, MIB),
            3L * MIB,
            0,
            MIB,
            2L * MIB,
            3L * MIB));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cuts")
  void aRangeIsCutAtSymbolEnds(String name, FakeSyms syms, long size, long[] cuts) {
    OutBuf out = Outputs.heap(size + 7);
    FakeLink ctxt = FakeLink.of(new Tasks(null, 1), out);
    out.seekSet(7);
    assertArrayEquals(cuts, Blocks.writeBlocks(ctxt, out, syms, ADDR, size, PAD));
    assertEquals(size + 7, out.offset());
    assertArrayEquals(
        syms.expect(ADDR, (int) size, PAD),
        Arrays.copyOfRange(Outputs.bytes(out), 7, (int) size + 7));
  }

  @Test
  void onlyTheRangesSymbolsAreWritten() {
    FakeSyms syms = syms(-20, 10, -10, 10, 0, 4, 6, 4, 10, 0, 12, 8, 20, 5, 25, 5);
    OutBuf out = Outputs.heap(20);
    FakeLink ctxt = FakeLink.of(new Tasks(null, 1), out);
    Blocks.writeBlocks(ctxt, out, syms, ADDR, 20, PAD);
    byte[] all = Outputs.bytes(out);
    assertArrayEquals(syms.expect(ADDR, 20, PAD), all);
    assertArrayEquals(
        new byte[] {1, 2}, Arrays.copyOfRange(all, 4, 6), "padding begins anew with each gap");
    assertArrayEquals(new byte[] {1, 2}, Arrays.copyOfRange(all, 10, 12));
  }

  @Test
  void theHighestAddressesAreNothingSpecial() {
    long addr = 0xffffffffff000000L;
    FakeSyms syms = FakeSyms.random(5, addr, 16L * MIB, 3 * MIB);
    syms.hook = (ctxt, i) -> assertTrue(syms.value(i) - addr >= 0);
    OutBuf out = Outputs.heap(16L * MIB);
    long[] cuts =
        Blocks.writeBlocks(FakeLink.of(new Tasks(null, 1), out), out, syms, addr, 16L * MIB, PAD);
    assertTrue(cuts.length > 3);
    assertArrayEquals(syms.expect(addr, 16 * MIB, PAD), Outputs.bytes(out));

    FakeSyms last = new FakeSyms().add(8, 8).add(-16, 16); // up to the very last byte
    OutBuf end = Outputs.heap(24);
    Blocks.writeBlocks(FakeLink.of(new Tasks(null, 1), end), end, last, -24, 24, PAD);
    assertEquals(0x42, Outputs.bytes(end)[8]);
  }

  @Test
  void emptySymbolsAreNotFinished() {
    FakeSyms syms = syms(0, 0, 0, 4, 4, 0, 8, 0);
    syms.hook = (ctxt, i) -> assertEquals(1, i);
    OutBuf out = Outputs.heap(8);
    Blocks.writeBlocks(FakeLink.of(new Tasks(null, 1), out), out, syms, ADDR, 8, PAD);
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(
            syms(0, 8, 4, 8), 16L, "symbol 1 [0x400004,0x40000c) overlaps what ends at 0x400008"),
        Arguments.of(
            syms(0, 8, 8, 9),
            16L,
            "symbol 1 [0x400008,0x400011) reaches beyond its range's end 0x400010"),
        Arguments.of(
            syms(-4, 8), 16L, "symbol 0 [0x3ffffc,0x400004) reaches into the range from 0x400000"),
        Arguments.of(
            syms(0, MIB, MIB - 1, MIB, 2L * MIB, MIB),
            3L * MIB,
            "symbol 1 [0x4fffff,0x5fffff) overlaps what ends at 0x500000"),
        Arguments.of(
            syms(4, -4),
            16L,
            "symbol 0 [0x400004,0x400000) reaches beyond its range's end 0x400010"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void symbolsThatOverlapAreABug(FakeSyms syms, long size, String message) {
    OutBuf out = Outputs.heap(size);
    FakeLink ctxt = FakeLink.of(new Tasks(null, 1), out);
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> Blocks.writeBlocks(ctxt, out, syms, ADDR, size, PAD));
    assertEquals(message, e.getMessage());
  }

  @Test
  void eachWriterTakesItsOwnSymbols() {
    OutBuf out = Outputs.heap(32);
    FakeLink ctxt = FakeLink.of(new Tasks(null, 1), out);
    FakeSyms text = syms(0, 4);
    FakeSyms data = syms(8, 4);
    FakeSyms debug = new FakeSyms().add(100, 4);
    ctxt.textp = text;
    ctxt.datap = data;
    ctxt.dwarfp = debug;
    Blocks.codeblk(ctxt, out, ADDR, 8);
    Blocks.datblk(ctxt, out, ADDR + 8, 8);
    Blocks.dwarfblk(ctxt, out, 100, 8);
    Blocks.codeblkPad(ctxt, out, ADDR, 8, PAD);
    byte[] all = Outputs.bytes(out);
    assertArrayEquals(text.expect(ADDR, 8, (byte) 0), Arrays.copyOfRange(all, 0, 8));
    assertArrayEquals(data.expect(ADDR + 8, 8, (byte) 0), Arrays.copyOfRange(all, 8, 16));
    assertArrayEquals(debug.expect(100, 8, (byte) 0), Arrays.copyOfRange(all, 16, 24));
    assertArrayEquals(text.expect(ADDR, 8, PAD), Arrays.copyOfRange(all, 24, 32));
    assertArrayEquals(data.expect(ADDR + 8, 8, (byte) 0), Blocks.datblkBytes(ctxt, ADDR + 8, 8));
    assertEquals(32, out.offset());
  }

  @Test
  void codeThatIsRunThroughIsPaddedWithNoOperations() {
    FakeLink ctxt = FakeLink.of(new Tasks(null, 1), Outputs.heap(1));
    assertArrayEquals(FakeArch.NOP_PAD, Blocks.codePad(ctxt, section(".init", true)));
    assertArrayEquals(FakeArch.CODE_PAD, Blocks.codePad(ctxt, section(".text", false)));
  }

  private static Section section(String name, boolean runThrough) {
    return new Section() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public long vaddr() {
        return ADDR;
      }

      @Override
      public long length() {
        return 16;
      }

      @Override
      public long fileOffset() {
        return 0;
      }

      @Override
      public boolean isCode() {
        return true;
      }

      @Override
      public boolean isRunThrough() {
        return runThrough;
      }
    };
  }
}
