package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slices against a model: an array that gets the same edits byte by byte. */
@Timeout(600)
class SliceTest {
  private static final int SIZE = Slice.SIZE;
  private static final int[] WIDTHS = {1, 2, 4, 8};

  /** Around the sizes of the window, and many windows. */
  private static final int[] SIZES = {
    8, 9, 100, 4095, 4096, 4097, SIZE - 1, SIZE, SIZE + 1, 10 * SIZE + 13
  };

  enum Kind {
    COPY,
    ZEROS,
    IN_PLACE
  }

  enum Order {
    ASCENDING,
    DESCENDING,
    RANDOM
  }

  /**
   * A symbol that is being written. The output is full of noise before, unless it is edited in
   * place, and goes on at both ends.
   */
  private static final class Symbol {
    private static final int AROUND = 16;

    private final Slice slice;
    private final byte[] content;
    private final MemorySegment input;
    private final MemorySegment output;
    private final byte[] around;
    private final byte[] model;

    Symbol(Slice slice, Kind kind, int size, Random random) {
      this.slice = slice;
      content = noise(size, random);
      input = MemorySegment.ofArray(content.clone());
      around = noise(size + 2 * AROUND, random);
      output = Arena.ofAuto().allocate(around.length);
      output.copyFrom(MemorySegment.ofArray(around));
      MemorySegment to = output.asSlice(AROUND, size);
      switch (kind) {
        case COPY -> {
          model = content.clone();
          slice.open(input.asReadOnly(), to);
        }
        case ZEROS -> {
          model = new byte[size];
          slice.make(to);
        }
        default -> {
          model = Arrays.copyOfRange(around, AROUND, AROUND + size);
          slice.edit(to);
        }
      }
    }

    /** Reads a field, writes it, and reads it again. */
    void edit(long at, int width, long value) {
      check(at, width);
      write(slice, at, width, value);
      for (int i = 0; i < width; i++) {
        model[(int) at + i] = (byte) (value >> 8 * i);
      }
      check(at, width);
    }

    void check(long at, int width) {
      assertEquals(
          field(model, (int) at, width), read(slice, at, width), () -> width + " at " + at);
    }

    /** Ends the symbol; checks all of its bytes and those beside it. */
    void close() {
      slice.close();
      byte[] expected = around.clone();
      System.arraycopy(model, 0, expected, AROUND, model.length);
      assertArrayEquals(expected, output.toArray(ValueLayout.JAVA_BYTE));
      assertArrayEquals(content, input.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private static byte[] noise(int size, Random random) {
    byte[] b = new byte[size];
    random.nextBytes(b);
    return b;
  }

  /** What {@link #read} should return. */
  private static long field(byte[] bytes, int at, int width) {
    long v = 0;
    for (int i = 0; i < width; i++) {
      v |= (bytes[at + i] & 0xffL) << 8 * i;
    }
    return width == 4 ? (int) v : v;
  }

  private static long read(Slice s, long at, int width) {
    return switch (width) {
      case 1 -> s.get8(at);
      case 2 -> s.get16(at);
      case 4 -> s.get32(at);
      default -> s.get64(at);
    };
  }

  private static void write(Slice s, long at, int width, long value) {
    switch (width) {
      case 1 -> s.put8(at, (int) value);
      case 2 -> s.put16(at, (int) value);
      case 4 -> s.put32(at, (int) value);
      default -> s.put64(at, value);
    }
  }

  /** Offsets of fields in a symbol, odd and even. */
  private static int[] offsets(Order order, int size, Random random) {
    int[] at = new int[Math.min(size, 4000)];
    for (int i = 0; i < at.length; i++) {
      at[i] = random.nextInt(size);
    }
    if (order != Order.RANDOM) {
      Arrays.sort(at);
    }
    if (order == Order.DESCENDING) {
      for (int i = 0, k = at.length - 1; i < k; i++, k--) {
        int v = at[i];
        at[i] = at[k];
        at[k] = v;
      }
    }
    return at;
  }

  /** One slice for all, as a task has it. */
  @ParameterizedTest
  @EnumSource
  void fieldsInEveryOrder(Kind kind) {
    Random random = new Random(1);
    Slice slice = new Slice();
    for (Order order : Order.values()) {
      for (int size : SIZES) {
        Symbol s = new Symbol(slice, kind, size, random);
        assertEquals(size, slice.size());
        for (int at : offsets(order, size, random)) {
          int width = Math.min(WIDTHS[random.nextInt(4)], size - at);
          s.edit(at, Integer.highestOneBit(width), random.nextLong());
        }
        for (int at = 0; at <= size - 8; at += 1 + random.nextInt(64)) {
          s.check(at, 8);
        }
        s.close();
      }
    }
  }

  /** From every place around the end of a window, and around its start on the way back. */
  @ParameterizedTest
  @EnumSource
  void fieldsThatStraddle(Kind kind) {
    Random random = new Random(2);
    Slice slice = new Slice();
    for (int width : WIDTHS) {
      for (int delta = -9; delta <= 9; delta++) {
        Symbol s = new Symbol(slice, kind, 3 * SIZE, random);
        s.edit(0, 1, random.nextLong());
        s.edit(SIZE + delta, width, random.nextLong());
        s.close();

        s = new Symbol(slice, kind, 3 * SIZE, random);
        s.edit(2 * SIZE, 1, random.nextLong());
        s.edit(2 * SIZE - Slice.BEFORE + delta, width, random.nextLong());
        s.edit(3 * SIZE - width, width, random.nextLong());
        s.close();
      }
    }
  }

  /** Far away from each other, so that most windows hold no field. */
  @ParameterizedTest
  @EnumSource
  void whatIsNotTouched(Kind kind) {
    Random random = new Random(3);
    Slice slice = new Slice();
    for (int size : SIZES) {
      new Symbol(slice, kind, size, random).close();
    }
    for (int first = 0; first < 8; first++) {
      Symbol s = new Symbol(slice, kind, 8 * SIZE + 5, random);
      for (int i : new int[] {first, first + 3, first - 4, first + 2}) {
        if (i >= 0 && i < 8) {
          s.edit(i * SIZE + 77, 4, random.nextLong());
        }
      }
      s.close();
    }
    new Symbol(slice, kind, 0, random).close();
  }

  /** What was only read is written too. */
  @ParameterizedTest
  @EnumSource
  void readingAlone(Kind kind) {
    Random random = new Random(4);
    Slice slice = new Slice();
    for (int size : SIZES) {
      Symbol s = new Symbol(slice, kind, size, random);
      for (int at : offsets(Order.RANDOM, size, random)) {
        s.check(at, 1);
      }
      s.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void arraysIntoTheOutput(Kind kind) {
    Random random = new Random(5);
    Slice slice = new Slice();
    for (int length : new int[] {0, 1, 22, 100, SIZE + 3, 3 * SIZE}) {
      for (int at : new int[] {1, SIZE - 7, 2 * SIZE + 1}) {
        Symbol s = new Symbol(slice, kind, 6 * SIZE, random);
        byte[] bytes = noise(length, random);
        slice.put(at, bytes);
        System.arraycopy(bytes, 0, s.model, at, length);
        s.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void offsetsFromElsewhere(Kind kind) {
    Random random = new Random(6);
    Slice slice = new Slice();
    Symbol s = new Symbol(slice, kind, 3 * SIZE, random);
    for (int start : new int[] {0, 17, 2 * SIZE + 1, SIZE - 3}) {
      assertSame(slice, slice.from(start));
      assertEquals(3 * SIZE, slice.size());
      for (int width : WIDTHS) {
        int at = random.nextInt(SIZE - 8);
        write(slice, at, width, -width);
        assertEquals(-width, (int) (read(slice, at, width) | -1L << 8 * width - 1));
        Arrays.fill(s.model, start + at, start + at + width, (byte) -1);
        s.model[start + at] = (byte) -width;
        assertEquals(s.model[start] & 0xff, slice.get8(0));
      }
    }
    s.close();
    s = new Symbol(slice, kind, 3 * SIZE, random);
    s.edit(5, 8, random.nextLong()); // as if from had never been called
    s.close();
    new Symbol(slice, kind, 3 * SIZE, random);
    slice.from(SIZE + 1);
    for (int width : WIDTHS) {
      assertOutside(slice, -SIZE - 2, width);
      assertOutside(slice, 2 * SIZE - width, width);
    }
  }

  @Test
  void contentThatIsOnlyRead() {
    Random random = new Random(7);
    Slice slice = new Slice();
    for (int size : SIZES) {
      byte[] all = noise(size + 40, random);
      byte[] part = Arrays.copyOfRange(all, 19, 19 + size);
      for (Order order : Order.values()) {
        slice.open(MemorySegment.ofArray(all).asReadOnly(), 19, size);
        assertEquals(size, slice.size());
        for (int at : offsets(order, size, random)) {
          int width = Integer.highestOneBit(Math.min(8, size - at));
          assertEquals(field(part, at, width), read(slice, at, width));
        }
        slice.close();
      }
    }
  }

  @Test
  void partsOfArrays() {
    Random random = new Random(8);
    Slice slice = new Slice();
    for (int size : SIZES) {
      byte[] all = noise(size + 40, random);
      byte[] model = all.clone();
      slice.open(all, 19, size);
      assertEquals(size, slice.size());
      for (int at : offsets(Order.RANDOM, size, random)) {
        int width = Integer.highestOneBit(Math.min(8, size - at));
        long value = random.nextLong();
        assertEquals(field(model, 19 + at, width), read(slice, at, width));
        write(slice, at, width, value);
        for (int i = 0; i < width; i++) {
          model[19 + at + i] = (byte) (value >> 8 * i);
        }
      }
      assertArrayEquals(model, all); // at once: nothing waits for close
      slice.close();
      assertArrayEquals(model, all);

      Symbol next = new Symbol(slice, Kind.COPY, size, random);
      next.edit(size - 1, 1, random.nextLong());
      next.close();
      assertArrayEquals(model, all);
    }
    byte[] all = {1, 2, 3, 4};
    Slice.of(all).from(1).put16(0, 0x0605);
    assertArrayEquals(new byte[] {1, 5, 6, 4}, all);
    assertThrows(IndexOutOfBoundsException.class, () -> slice.open(all, 1, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> slice.open(all, -1, 2));
  }

  private static void assertOutside(Slice slice, long at, int width) {
    assertThrows(IndexOutOfBoundsException.class, () -> read(slice, at, width), "read " + at);
    assertThrows(IndexOutOfBoundsException.class, () -> write(slice, at, width, 0), "write " + at);
  }

  /** For offsets at both sides of a content, before and behind. */
  private static void assertNothingBeside(Slice slice) {
    for (int width : WIDTHS) {
      long end = slice.size() - width;
      for (long at : new long[] {-1, -width, end + 1, slice.size()}) {
        assertOutside(slice, at, width);
      }
      for (long at : new long[] {1L << 31, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE}) {
        assertOutside(slice, at, width);
        assertOutside(slice, -at, width);
        assertOutside(slice.from(7), at, width);
        assertOutside(slice.from(-7), at, width);
        slice.from(0);
      }
      if (end >= 0) {
        slice.get8(end); // and again from another window
      }
    }
  }

  @Test
  void offsetsOutside() {
    Random random = new Random(9);
    Slice slice = new Slice();
    assertNothingBeside(slice);
    for (int size : new int[] {0, 1, 7, 100, SIZE, 3 * SIZE + 1}) {
      for (Kind kind : Kind.values()) {
        new Symbol(slice, kind, size, random);
        assertNothingBeside(slice);
      }
      slice.open(MemorySegment.ofArray(new byte[size + 40]), 20, size);
      assertNothingBeside(slice);
      byte[] all = noise(size + 40, random);
      slice.open(all, 20, size);
      byte[] before = Arrays.copyOf(all, 20);
      byte[] behind = Arrays.copyOfRange(all, 20 + size, size + 40);
      assertNothingBeside(slice);
      assertArrayEquals(before, Arrays.copyOf(all, 20));
      assertArrayEquals(behind, Arrays.copyOfRange(all, 20 + size, size + 40));
    }
  }

  @Test
  void sizesThatDiffer() {
    MemorySegment eight = MemorySegment.ofArray(new byte[8]);
    MemorySegment nine = MemorySegment.ofArray(new byte[9]);
    assertThrows(IllegalArgumentException.class, () -> new Slice().open(eight, nine));
    assertThrows(IllegalArgumentException.class, () -> new Slice().open(nine, eight));
  }
}
