package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pieces of code that the package's documentation shows. */
class AsmbSnippetsTest {
  @TempDir Path dir;

  private static void write(Path path, byte[] head, byte[] rest, Arena arena) {
    long size = head.length + rest.length;
    // @start region="output"
    OutBuf out = OutBuf.create(ByteOrder.LITTLE_ENDIAN, arena);
    try {
      out.open(path);
      out.mmap(size);
      out.view(head.length).write(rest); // by another thread, say
      out.write(head);
      out.commit();
    } finally {
      out.discard(); // does nothing after commit
    }
    // @end
  }

  @Test
  void anOutput() throws IOException {
    Path path = Files.writeString(dir.resolve("out"), "before");
    try (Arena arena = Arena.ofShared()) {
      write(path, new byte[] {1, 2, 3}, new byte[] {4, 5}, arena);
    }
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, Files.readAllBytes(path));
  }

  private static void fill(Link ctxt, long from, long length, byte[] pattern) {
    // @start region="parallel"
    WriteFn fill = (link, out, addr, size) -> out.writePad(size, pattern);
    WriteParallel writers = new WriteParallel(ctxt);
    writers.add(fill, from, 0x1000, length);
    writers.add(fill, from + length, 0x2000, length);
    writers.await();
    // @end
  }

  @Test
  void writersAtOnce() {
    OutBuf out = Outputs.heap(8);
    out.writePad(8, new byte[0]);
    fill(FakeLink.of(new Tasks(null, 1), out), 2, 3, new byte[] {7, 8});
    assertArrayEquals(new byte[] {0, 0, 7, 8, 7, 7, 8, 7}, Outputs.bytes(out));
  }
}
