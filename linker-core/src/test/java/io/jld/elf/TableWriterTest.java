package io.jld.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the chunks hold is what the codec writes field by field. */
class TableWriterTest {
  private static final int ROWS = 100;

  @ParameterizedTest
  @EnumSource
  void symbols(ElfClass elf) {
    byte[] expected = new byte[ROWS * elf.symSize];
    TableWriter table = new TableWriter(elf, 0);
    for (int i = 0; i < ROWS; i++) {
      long value = 0x123456789abcdefL * i;
      elf.putSym(
          MemorySegment.ofArray(expected),
          (long) i * elf.symSize,
          i,
          0xf1,
          0xe2,
          0xfff1,
          value,
          -i);
      table.symbol(i, 0xf1, 0xe2, 0xfff1, value, -i);
    }
    check(expected, table);
  }

  @ParameterizedTest
  @EnumSource
  void relocations(ElfClass elf) {
    for (boolean rela : new boolean[] {true, false}) {
      int size = (rela ? 3 : 2) * elf.wordSize;
      byte[] expected = new byte[ROWS * size];
      TableWriter table = new TableWriter(elf, 0);
      for (int i = 0; i < ROWS; i++) {
        long offset = 0x123456789abcdefL * i;
        elf.putRel(MemorySegment.ofArray(expected), (long) i * size, rela, offset, i, 0xfe, -i);
        table.relocation(rela, offset, i, 0xfe, -i);
      }
      check(expected, table);
    }
  }

  private static void check(byte[] expected, TableWriter table) {
    assertEquals(expected.length, table.size());
    byte[] out = new byte[expected.length + 5];
    table.flush(MemorySegment.ofArray(out), 3);
    assertEquals(0, table.size());
    assertArrayEquals(expected, java.util.Arrays.copyOfRange(out, 3, 3 + expected.length));
  }
}
