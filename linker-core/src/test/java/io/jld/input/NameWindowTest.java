package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NameWindowTest {
  /** Lengths around those of the window, and a name that is not worth one. */
  private static final int[] LENGTHS = {0, 1, 7, 100, 4094, 4095, 4096, 4097, 9000, 70000, 3 << 20};

  @Test
  void namesOfAllLengthsInAnyOrder() {
    StringBuilder table = new StringBuilder();
    List<int[]> names = new ArrayList<>();
    for (int length : LENGTHS) {
      for (int k = 0; k < 3; k++) {
        names.add(new int[] {table.length(), length});
        table.append(String.valueOf((char) ('a' + names.size())).repeat(length)).append('\0');
      }
    }
    byte[] bytes = table.toString().getBytes(StandardCharsets.ISO_8859_1);
    NameWindow window = new NameWindow();
    window.open(MemorySegment.ofArray(bytes));
    for (int seed = 0; seed < 5; seed++) {
      for (int[] name : names) {
        assertEquals(name[1], window.length(name[0]));
        byte[] copy = new byte[name[1] + 2];
        window.copy(name[0], name[1], copy, 1);
        assertArrayEquals(
            Arrays.copyOfRange(bytes, name[0], name[0] + name[1]),
            Arrays.copyOfRange(copy, 1, name[1] + 1));
      }
      Collections.shuffle(names, new Random(seed));
    }
  }

  @Test
  void prefixes() {
    NameWindow window = new NameWindow();
    window.open(MemorySegment.ofArray(".L1\0.\0".getBytes(StandardCharsets.US_ASCII)));
    assertTrue(window.startsWith(0, ".L"));
    assertFalse(window.startsWith(1, ".L"));
    assertFalse(window.startsWith(4, ".L"));
    assertFalse(window.startsWith(5, ".L"));
  }

  @Test
  void anotherTable() {
    NameWindow window = new NameWindow();
    window.open(MemorySegment.ofArray("aaa\0".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(3, window.length(0));
    window.open(MemorySegment.ofArray("b\0".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(1, window.length(0));
  }

  /** A name that no window has been large enough for is copied without asking for its length. */
  @Test
  void longName() {
    byte[] bytes = new byte[10_000];
    Arrays.fill(bytes, 0, bytes.length - 1, (byte) 'a');
    bytes[0] = 0;
    NameWindow window = new NameWindow();
    window.open(MemorySegment.ofArray(bytes));
    assertEquals(0, window.length(0));
    byte[] copy = new byte[bytes.length - 2];
    window.copy(1, copy.length, copy, 0);
    assertArrayEquals(Arrays.copyOfRange(bytes, 1, bytes.length - 1), copy);
  }
}
