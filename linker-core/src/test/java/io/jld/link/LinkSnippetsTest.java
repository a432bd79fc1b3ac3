package io.jld.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.arch.Arches;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pieces of code that the package's documentation shows. */
class LinkSnippetsTest {
  @TempDir Path dir;

  private static byte[] object(String start) {
    ObjectBuilder o = ObjectBuilder.wide();
    o.function(start, o.code(".text", new byte[16]), 0, 16);
    return o.build();
  }

  private static LinkResult link(byte[] object, Arches arches, Path file) {
    // @start region="link"
    LinkRequest request =
        LinkRequest.builder()
            .arches(arches) // left out: all that are installed
            .input(InputSource.memory("hello.o", object))
            .set(LinkOption.BUILD_ID, "sha1")
            .output(OutputSink.path(file))
            .build();
    LinkResult result = Linker.link(request);
    // @end
    return result;
  }

  @Test
  void aLink() throws Exception {
    Path file = dir.resolve("hello");
    LinkResult result = link(object("_start"), TestArch.ARCHES, file);
    assertEquals(Files.size(file), result.size());
    assertEquals("wide", result.arch());
  }

  private static List<String> failing(LinkRequest request) {
    List<String> places = new ArrayList<>();
    // @start region="diagnostics"
    try {
      Linker.link(request);
    } catch (LinkException e) {
      for (Diagnostic d : e.diagnostics()) {
        if (d.code() == DiagnosticCode.UNDEFINED_SYMBOL) {
          places.add(d.location() + ": " + d.location().symbol());
        }
      }
    }
    // @end
    return places;
  }

  @Test
  void diagnostics() {
    ObjectBuilder o = ObjectBuilder.wide();
    int code = o.code(".text", new byte[16]);
    o.function("_start", code, 0, 16);
    o.reloc(code, 4, TestArch.PC32, o.undefined("missing"), 0);
    LinkRequest request =
        LinkRequest.builder()
            .arches(TestArch.ARCHES)
            .input(o.source("a.o"))
            .output(OutputSink.memory())
            .build();
    assertEquals(List.of("a.o:(.text+0x4): missing"), failing(request));
  }

  private static MemorySegment inMemory(
      Callable<MemorySegment> supplier, Arches arches, Arena arena) {
    // @start region="memory"
    LinkRequest request =
        LinkRequest.builder()
            .arches(arches)
            .input(InputSource.supplied("made.o", supplier)) // asked when it is read
            .output(OutputSink.memory(arena))
            .build();
    MemorySegment program = Linker.link(request).bytes(); // as long as the arena is open
    // @end
    return program;
  }

  @Test
  void memory() {
    MemorySegment object = MemorySegment.ofArray(object("_start"));
    try (Arena arena = Arena.ofShared()) {
      assertTrue(inMemory(() -> object, TestArch.ARCHES, arena).byteSize() > 64);
    }
  }

  private static LinkException cancelled(LinkRequest.Builder builder) {
    // @start region="cancel"
    Cancellation cancellation = new Cancellation();
    LinkRequest request = builder.cancellation(cancellation).build();
    Thread.ofVirtual().start(cancellation::cancel); // from anywhere, at any time
    // @end
    while (!cancellation.isCancelled()) {
      Thread.onSpinWait();
    }
    return assertThrows(LinkException.class, () -> Linker.link(request));
  }

  private static LinkRequest.Builder builder() {
    return LinkRequest.builder()
        .arches(TestArch.ARCHES)
        .input(InputSource.memory("a.o", object("_start")))
        .output(OutputSink.memory());
  }

  @Test
  void cancellation() {
    LinkException e = cancelled(builder());
    assertEquals(DiagnosticCode.CANCELLED, e.diagnostics().getFirst().code());
  }

  private static Map<String, Long> sizes(LinkRequest.Builder builder) {
    Map<String, Long> sizes = new TreeMap<>();
    // @start region="image"
    Image image = Linker.link(builder.set(LinkOption.IMAGE, true).build()).image();
    for (Image.Section section : image.sections()) {
      for (Image.Part part : image.parts(section)) {
        if (part.origin() != null) {
          sizes.merge(part.origin().file(), part.size(), Long::sum);
        }
      }
    }
    // @end
    return sizes;
  }

  @Test
  void image() {
    assertEquals(Map.of("a.o", 16L), sizes(builder()));
  }
}
