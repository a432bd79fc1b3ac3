package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

/** What tests of the output share. */
final class Outputs {
  private Outputs() {}

  static OutBuf create() {
    return OutBuf.create(ByteOrder.LITTLE_ENDIAN, Arena.ofAuto());
  }

  /**
   * A regular file's output, written in the given way, with its size fixed and its bytes set to
   * noise.
   */
  static OutBuf open(Path path, OutBuf.Mode mode, long size) {
    OutBuf out = create();
    out.open(path, true, mode);
    out.mmap(size);
    assertEquals(mode, out.mode());
    noise(out, size);
    return out;
  }

  /** An output in memory of a fixed size, its bytes set to noise. */
  static OutBuf heap(long size) {
    OutBuf out = OutBuf.ofSize(ByteOrder.LITTLE_ENDIAN, Arena.ofAuto(), size);
    noise(out, size);
    return out;
  }

  /** Nothing may rely on what the output holds before it is written. */
  private static void noise(OutBuf out, long size) {
    byte[] bytes = new byte[Math.toIntExact(size)];
    new Random().nextBytes(bytes);
    out.write(bytes);
    out.seekSet(0);
    out.flush();
  }

  static byte[] bytes(OutBuf out) {
    return out.bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  /** The names in a directory, in order. */
  static String list(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return String.join(" ", files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }
}
