package io.jld.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow at their end; numbers are little endian. */
final class TrainingBytes {
  private byte[] bytes = new byte[256];
  private int size;

  int size() {
    return size;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, size);
  }

  TrainingBytes u8(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, size * 2);
    }
    bytes[size++] = (byte) value;
    return this;
  }

  /**
   * Appends the low bytes of {@code value}.
   *
   * @param width 1 to 8
   */
  TrainingBytes number(long value, int width) {
    for (int i = 0; i < width; i++) {
      u8((int) (value >> (8 * i)));
    }
    return this;
  }

  TrainingBytes u16(int value) {
    return number(value, 2);
  }

  TrainingBytes u32(long value) {
    return number(value, 4);
  }

  TrainingBytes bytes(byte[] more) {
    for (byte b : more) {
      u8(b);
    }
    return this;
  }

  TrainingBytes text(String ascii) {
    return bytes(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  /** Appends a string with its NUL. */
  TrainingBytes string(String ascii) {
    return text(ascii).u8(0);
  }

  /** Appends zeros up to a multiple of {@code alignment}. */
  TrainingBytes align(int alignment) {
    while (size % alignment != 0) {
      u8(0);
    }
    return this;
  }
}
