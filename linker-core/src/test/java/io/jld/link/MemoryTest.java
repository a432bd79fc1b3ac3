package io.jld.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.testing.ArchiveBuilder;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Inputs and outputs in memory of the caller's, and inputs that the caller is asked for. */
@Timeout(60)
class MemoryTest {
  @TempDir Path dir;

  private static byte[] object(String name) {
    ObjectBuilder o = ObjectBuilder.wide();
    o.function(name, o.code(".text", new byte[64]), 0, 4);
    int data = o.data(".data", new byte[64]);
    o.reloc(data, 0, TestArch.WORD, o.sectionSymbol(data), 0);
    return o.build();
  }

  private static LinkRequest.Builder request(InputSource... inputs) {
    return LinkRequest.builder()
        .arches(TestArch.ARCHES)
        .inputs(List.of(inputs))
        .output(OutputSink.memory())
        .set(LinkOption.BUILD_ID, "sha1")
        .threads(2);
  }

  private static byte[] link(LinkRequest.Builder request) {
    return Linker.link(request.build()).bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  private static String fails(LinkRequest.Builder request) {
    return assertThrows(LinkException.class, () -> Linker.link(request.build())).getMessage();
  }

  // Inputs

  /** The same bytes at some offset of each kind of memory. */
  private List<MemorySegment> copies(byte[] bytes, int offset, Arena arena) throws IOException {
    int n = bytes.length + offset;
    MemorySegment from = MemorySegment.ofArray(bytes);
    List<MemorySegment> all = new ArrayList<>();
    all.add(arena.allocate(n, 16));
    all.add(MemorySegment.ofArray(new byte[n]));
    all.add(MemorySegment.ofArray(new long[n / 8 + 1]));
    all.add(MemorySegment.ofArray(new short[n / 2 + 1]));
    for (MemorySegment s : all) {
      s.asSlice(offset).copyFrom(from);
    }
    Path file = Files.createTempFile(dir, "mapped", "");
    Files.write(file, all.get(1).toArray(ValueLayout.JAVA_BYTE));
    try (FileChannel channel = FileChannel.open(file)) {
      all.add(channel.map(FileChannel.MapMode.READ_ONLY, 0, n, arena));
    }
    all.replaceAll(s -> s.asSlice(offset, bytes.length));
    return all;
  }

  @Test
  void anyMemoryAtAnyAlignment() throws IOException {
    byte[] start = object("_start");
    byte[] archive = new ArchiveBuilder().member("m.o", object("member"), "member").build(4);
    LinkRequest.Builder asArrays =
        request(InputSource.memory("a.o", start), InputSource.memory("b.a", archive))
            .set(LinkOption.UNDEFINED, List.of("member"));
    byte[] expected = link(asArrays);
    try (Arena arena = Arena.ofShared()) {
      for (int offset : new int[] {0, 1, 3, 4, 7}) {
        List<MemorySegment> starts = copies(start, offset, arena);
        List<MemorySegment> archives = copies(archive, offset, arena);
        for (int i = 0; i < starts.size(); i++) {
          LinkRequest.Builder request =
              request(
                      InputSource.memory("a.o", starts.get(i)),
                      InputSource.memory("b.a", archives.get(i)))
                  .set(LinkOption.UNDEFINED, List.of("member"));
          assertArrayEquals(expected, link(request), "memory " + i + " at " + offset);
        }
      }
    }
  }

  /** An object all of whose contents lie where no array reaches: it is read where it is. */
  @Test
  void beyondTwoGibibytes() throws IOException {
    byte[] object = object("_start");
    Path file = dir.resolve("sparse.o");
    long far = (1L << 31) + 16;
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        Arena arena = Arena.ofShared()) {
      long size = far + object.length;
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
      MemorySegment.copy(MemorySegment.ofArray(object), 0, bytes, 0, 64);
      MemorySegment.copy(MemorySegment.ofArray(object), 0, bytes, far, object.length);
      long headers = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 40) + far;
      bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, 40, headers);
      int count = bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, 60);
      for (int i = 1; i < count; i++) {
        long field = headers + i * 64L + 24;
        long offset = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, field);
        bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, field, offset + far);
      }
      byte[] expected = link(request(InputSource.memory("a.o", object)));
      assertArrayEquals(expected, link(request(InputSource.memory("a.o", bytes))));
    }
  }

  // Suppliers

  @Test
  void aSupplierIsAskedOnceByTheThreadThatLinks() {
    AtomicInteger asked = new AtomicInteger();
    Thread caller = Thread.currentThread();
    byte[] object = object("_start");
    LinkRequest.Builder request =
        request(
            InputSource.supplied(
                "a.o",
                () -> {
                  assertSame(caller, Thread.currentThread());
                  asked.incrementAndGet();
                  return MemorySegment.ofArray(object);
                }));
    assertArrayEquals(link(request(InputSource.memory("a.o", object))), link(request));
    assertEquals(1, asked.get());
    link(request.arch("wide")); // another link, which need not look for its architecture
    assertEquals(2, asked.get());
  }

  @Test
  void whatASupplierThrowsIsTheCause() {
    IOException thrown = new IOException("connection reset");
    for (String arch : List.of("", "wide")) {
      LinkRequest.Builder request =
          request(
                  InputSource.supplied(
                      "lib/a.o",
                      () -> {
                        throw thrown;
                      }))
              .arch(arch);
      LinkException e = assertThrows(LinkException.class, () -> Linker.link(request.build()));
      assertEquals(
          "error: lib/a.o: cannot be supplied: java.io.IOException: connection reset"
              + " [input-not-supplied]",
          e.getMessage());
      assertSame(thrown, e.getCause());
      assertEquals(DiagnosticCode.INPUT_NOT_SUPPLIED, e.diagnostics().getFirst().code());
    }
    AssertionError error = new AssertionError("mine");
    Callable<MemorySegment> failing =
        () -> {
          throw error;
        };
    LinkRequest.Builder request = request(InputSource.supplied("a.o", failing));
    assertSame(error, assertThrows(AssertionError.class, () -> Linker.link(request.build())));
  }

  @Test
  void aSupplierThatIsInterrupted() {
    Callable<MemorySegment> waiting =
        () -> {
          Thread.currentThread().interrupt();
          Thread.sleep(100_000);
          return null;
        };
    try {
      assertEquals(
          "error: the link was interrupted [interrupted]",
          fails(request(InputSource.supplied("a.o", waiting))));
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void whatASupplierGivesHasToBeUsable() {
    assertEquals(
        "error: a.o: cannot be supplied: null [input-not-supplied]",
        fails(request(InputSource.supplied("a.o", () -> null))));
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(
          "error: a.o is confined to this thread: link on one thread, or share it"
              + " [invalid-request]",
          fails(request(InputSource.supplied("a.o", () -> arena.allocate(8)))));
    }
  }

  // Outputs

  @Test
  void anOutputInTheCallersArena() {
    byte[] expected = link(request(InputSource.memory("a.o", object("_start"))));
    MemorySegment bytes;
    try (Arena arena = Arena.ofShared()) {
      LinkRequest.Builder request = request(InputSource.memory("a.o", object("_start")));
      LinkResult result = Linker.link(request.output(OutputSink.memory(arena)).build());
      bytes = result.bytes();
      assertEquals(result.size(), bytes.byteSize());
      assertSame(arena.scope(), bytes.scope());
      assertEquals(0, bytes.address() % 4096);
      assertArrayEquals(expected, bytes.toArray(ValueLayout.JAVA_BYTE));
      assertFalse(bytes.isReadOnly());
    }
    assertFalse(bytes.scope().isAlive());
    try (Arena mine = Arena.ofConfined()) {
      LinkRequest.Builder alone = request(InputSource.memory("a.o", object("_start"))).threads(1);
      assertArrayEquals(expected, link(alone.output(OutputSink.memory(mine))));
    }
  }

  /** All of the output is written: what the memory has had before is not in it. */
  @Test
  void memoryThatIsNotZero() {
    LinkRequest.Builder request = request(InputSource.memory("a.o", object("_start")));
    for (boolean archive : new boolean[] {false, true}) {
      request.set(LinkOption.ARCHIVE, archive);
      if (archive) {
        request.set(LinkOption.OUTPUT_KIND, OutputKind.RELOCATABLE);
      }
      byte[] expected = link(request.output(OutputSink.memory()));
      try (Arena arena = Arena.ofShared()) {
        SegmentAllocator dirty = (size, align) -> arena.allocate(size, align).fill((byte) 0xa5);
        assertArrayEquals(expected, link(request.output(OutputSink.memory(dirty))));
      }
    }
  }

  @Test
  void anArenaThatCannotHaveTheOutput() throws InterruptedException {
    LinkRequest.Builder request = request(InputSource.memory("a.o", object("_start")));
    Arena closed;
    try (Arena arena = Arena.ofShared()) {
      closed = arena;
    }
    String unusable = "error: the output's arena cannot be used: ";
    assertEquals(
        unusable + "Already closed [invalid-request]",
        fails(request.output(OutputSink.memory(closed))));
    try (Arena confined = Arena.ofConfined()) {
      assertEquals(
          "error: the output's memory is confined to this thread: link on one thread, or share it"
              + " [invalid-request]",
          fails(request.output(OutputSink.memory(confined))));
      List<String> said = new ArrayList<>();
      Thread.ofPlatform().start(() -> said.add(fails(request))).join();
      assertTrue(said.getFirst().startsWith(unusable), said.getFirst());
    }
    SegmentAllocator few = (size, align) -> Arena.ofAuto().allocate(size - 1, align);
    String message = fails(request.output(OutputSink.memory(few)));
    assertTrue(message.startsWith("error: the output's allocator was asked for "), message);
    UnsupportedOperationException mine = new UnsupportedOperationException("mine");
    SegmentAllocator none =
        (size, align) -> {
          throw mine;
        };
    request.output(OutputSink.memory(none));
    assertSame(mine, assertThrows(RuntimeException.class, () -> Linker.link(request.build())));
  }

  /** Whatever memory of the caller's goes away under the link: the message says which. */
  @Test
  @SuppressWarnings("MustBeClosedChecker") // it is closed in the midst of the link
  void anArenaThatIsClosedMeanwhile() throws IOException {
    byte[] object = object("_start");
    MemorySegment onHeap = MemorySegment.ofArray(object);
    for (String which : List.of("the arena", "the output's arena", "the arena of a.o")) {
      Arena arena = Arena.ofShared();
      MemorySegment copy = arena.allocate(object.length).copyFrom(MemorySegment.ofArray(object));
      LinkRequest.Builder request =
          request(
              which.equals("the arena")
                  ? InputSource.path(Files.write(dir.resolve("a.o"), object))
                  : InputSource.memory("a.o", which.endsWith("a.o") ? copy : onHeap));
      // The program closes it when a pass begins that reads inputs and writes the output.
      request.set(
          LinkOption.PROGRESS,
          pass -> {
            if (pass.equals("asmb") && arena.scope().isAlive()) {
              arena.close();
            }
          });
      if (which.equals("the arena")) {
        Path file = dir.resolve("out");
        request.arena(arena).output(OutputSink.path(file));
      } else if (which.startsWith("the output")) {
        request.output(OutputSink.memory(arena));
      }
      LinkException e = assertThrows(LinkException.class, () -> Linker.link(request.build()));
      assertEquals(
          "error: " + which + " was closed while the link ran [invalid-request]", e.getMessage());
      assertNotNull(e.getCause());
    }
    assertFalse(Files.exists(dir.resolve("out")));
  }
}
