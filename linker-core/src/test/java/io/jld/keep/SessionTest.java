package io.jld.keep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import io.jld.testing.ArchiveBuilder;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links of one session, whose files change between them: each is what it is without a session. */
class SessionTest {
  private static final long PLENTY = 64L << 20;

  @TempDir Path dir;
  private final Linker.Session session = new Linker.Session(PLENTY);

  @BeforeEach
  void files() throws IOException {
    ObjectBuilder main = code("_start", 1);
    int data = main.data(".data", new byte[32]);
    for (int i = 0; i < 4; i++) {
      String name = List.of("a", "member", "library", "scripted").get(i);
      main.reloc(data, 8L * i, TestArch.WORD, main.undefined(name), 0);
    }
    write("main.o", main.build());
    write("a.o", code("a", 2).build());
    write("scripted.o", code("scripted", 3).build());
    write("lib.a", archive(4));
    write("lib.so", library(5));
    write("script.ld", "INPUT(scripted.o)\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  @AfterEach
  void close() {
    session.close();
    assertEquals(0, session.files());
    assertEquals(0, session.heapBytes());
    assertEquals(0, session.mappedBytes());
  }

  private static ObjectBuilder code(String name, int fill) {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text." + name, ObjectBuilder.filled(16, fill));
    // Not the content alone, which is read in its place: the symbol as well.
    o.reloc(text, 0, TestArch.NONE, o.function(name, text, 0, 1 + fill % 16), 0);
    return o;
  }

  /** Members of the same sizes and names, whatever {@code fill} is. */
  private static byte[] archive(int fill) {
    return new ArchiveBuilder()
        .member("x.o", code("member", fill), "member")
        .member("y.o", code("other", 9), "other")
        .build(4);
  }

  private static byte[] library(int fill) {
    LinkRequest.Builder r = LinkRequest.builder().arches(TestArch.ARCHES).threads(1);
    r.output(OutputSink.memory()).set(LinkOption.OUTPUT_KIND, OutputKind.SHARED);
    r.set(LinkOption.SONAME, "libx.so." + (char) ('0' + fill));
    r.input(code("library", fill).source("library.o"));
    return Linker.link(r.build()).bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(dir.resolve(name), bytes);
  }

  private LinkRequest request() {
    LinkRequest.Builder b = LinkRequest.builder().arches(TestArch.ARCHES).threads(1);
    b.output(OutputSink.memory()).set(LinkOption.LIBRARY_PATH, List.of(dir.toString()));
    for (String name : List.of("main.o", "a.o", "lib.a", "lib.so", "script.ld")) {
      b.input(new InputSource.OfPath(dir.resolve(name), InputFlags.NONE));
    }
    return b.build();
  }

  private static String result(LinkRequest request, Linker.Session session) {
    try {
      byte[] bytes =
          (session == null ? Linker.link(request) : session.link(request))
              .bytes()
              .toArray(ValueLayout.JAVA_BYTE);
      return java.util.HexFormat.of().formatHex(bytes);
    } catch (LinkException e) {
      return e.getMessage();
    }
  }

  /** Links with the session and without it; what both write, or why they fail. */
  private String same() {
    String cold = result(request(), null);
    assertEquals(cold, result(request(), session));
    return cold;
  }

  /** A change that happens from now on shows. */
  private static void settle() throws InterruptedException {
    Thread.sleep(120);
  }

  private void kept() throws InterruptedException {
    settle();
    same();
    long there =
        Stream.of("main.o", "a.o", "lib.a", "lib.so", "script.ld")
            .filter(f -> Files.isRegularFile(dir.resolve(f)))
            .filter(f -> dir.resolve(f).toFile().length() > 0)
            .count();
    assertTrue(session.files() >= there, () -> session.files() + " of " + there);
  }

  private interface Change {
    void make() throws IOException;
  }

  /** Links before and after a change, at once and when it is kept. */
  private void change(Change change) throws Exception {
    kept();
    String before = same();
    change.make();
    String after = same();
    assertFalse(after.equals(before), "the change is part of the output");
    settle();
    assertEquals(after, same());
    assertEquals(after, same());
  }

  @Test
  void whatHasNotChangedIsReadOnce() throws Exception {
    settle();
    same();
    long heap = session.heapBytes();
    long mapped = session.mappedBytes();
    assertTrue(heap > 0 && mapped > 0);
    same();
    same();
    assertEquals(heap, session.heapBytes());
    assertEquals(mapped, session.mappedBytes());
    assertEquals(6, session.files());
  }

  @Test
  void inPlaceWithTheSameSizeAndTimes() throws Exception {
    Path a = dir.resolve("a.o");
    FileTime time = FileTime.fromMillis(1_000_000); // what can be set may not be nanoseconds
    Files.setLastModifiedTime(a, time);
    change(
        () -> {
          Files.write(a, code("a", 11).build(), StandardOpenOption.WRITE);
          Files.setLastModifiedTime(a, time);
        });
  }

  @Test
  void replacedByAnother() throws Exception {
    change(
        () -> {
          Path a = write("new.o", code("a", 7).build());
          Files.setLastModifiedTime(a, Files.getLastModifiedTime(dir.resolve("a.o")));
          Files.move(a, dir.resolve("a.o"), StandardCopyOption.ATOMIC_MOVE);
        });
  }

  /** Entries of names that no link has any more, or only another one, are nobody's numbers. */
  @Test
  void otherNames() throws Exception {
    change(() -> write("main.o", code("main", 1).build())); // without _start, and what it refers to
    change(() -> write("a.o", code("_start", 3).build()));
    change(() -> write("a.o", code("b", 3).build()));
    LinkRequest.Builder b = LinkRequest.builder().arches(TestArch.ARCHES).threads(1);
    b.output(OutputSink.memory()).input(InputSource.path(dir.resolve("main.o")));
    b.set(LinkOption.ENTRY, "a");
    assertEquals(result(b.build(), null), result(b.build(), session));
    settle();
    assertEquals(result(b.build(), null), result(b.build(), session));
  }

  @Test
  void swapped() throws Exception {
    write("b.o", code("a", 7).build());
    Change swap =
        () -> {
          Files.move(dir.resolve("a.o"), dir.resolve("c.o"));
          Files.move(dir.resolve("b.o"), dir.resolve("a.o"));
          Files.move(dir.resolve("c.o"), dir.resolve("b.o"));
        };
    change(swap);
    change(swap);
  }

  @Test
  void hardAndSymbolicLinks() throws Exception {
    Path other = write("other.o", code("a", 7).build());
    change(
        () -> {
          Files.delete(dir.resolve("a.o"));
          Files.createLink(dir.resolve("a.o"), other);
        });
    change(() -> Files.write(other, code("a", 8).build())); // by its other name
    change(
        () -> {
          Files.delete(dir.resolve("a.o"));
          Files.createSymbolicLink(
              dir.resolve("a.o"), write("third.o", code("a", 11).build()).getFileName());
        });
  }

  @Test
  void truncatedAndGone() throws Exception {
    byte[] whole = Files.readAllBytes(dir.resolve("a.o"));
    change(
        () -> {
          try (RandomAccessFile f = new RandomAccessFile(dir.resolve("a.o").toFile(), "rw")) {
            f.setLength(100);
          }
        });
    change(() -> write("a.o", whole));
    change(() -> write("a.o", new byte[0]));
    write("a.o", whole);
    change(() -> Files.delete(dir.resolve("a.o")));
    write("a.o", whole);
    change(
        () -> {
          Files.delete(dir.resolve("a.o"));
          Files.createDirectory(dir.resolve("a.o"));
        });
  }

  /** In the middle of a link, between its mapping and its reading: that link fails, no more. */
  @Test
  void truncatedWhileItIsRead() throws Exception {
    byte[] whole = Files.readAllBytes(dir.resolve("a.o"));
    kept();
    String before = same();
    session.clear(); // or nothing of it would be read before the output is written
    LinkRequest.Builder b = LinkRequest.builder().arches(TestArch.ARCHES).threads(1);
    b.output(OutputSink.memory()).set(LinkOption.TRACE, LinkOption.Trace.FILES);
    for (String name : List.of("main.o", "a.o", "script.ld", "lib.a", "lib.so")) {
      b.input(new InputSource.OfPath(dir.resolve(name), InputFlags.NONE));
    }
    b.messages(
        line -> {
          if (line.endsWith("lib.so")) { // the last: no object has been read
            try {
              write("a.o", new byte[0]);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        });
    String failed = result(b.build(), session);
    assertTrue(failed.contains("file was truncated while it was read"), failed);
    write("a.o", whole);
    assertEquals(before, same());
    settle();
    assertEquals(before, same());
  }

  @Test
  void touchedOnly() throws Exception {
    kept();
    String before = same();
    Files.setLastModifiedTime(dir.resolve("a.o"), FileTime.fromMillis(0));
    assertEquals(before, same());
    settle();
    assertEquals(before, same());
    Files.setLastModifiedTime(
        dir.resolve("a.o"), FileTime.fromMillis(System.currentTimeMillis() + 3_600_000));
    settle();
    assertEquals(before, same());
    assertEquals(5, session.files(), "one with a time that is still to come is not kept");
  }

  @Test
  void oneMemberOfAnArchive() throws Exception {
    change(() -> write("lib.a", archive(7)));
    change(
        () ->
            write(
                "lib.a",
                new ArchiveBuilder()
                    .member("x.o", code("other", 9), "other")
                    .member("y.o", code("member", 4), "member")
                    .member("x.o", code("third", 4), "third")
                    .build(8)));
  }

  @Test
  void membersOfAThinArchive() throws Exception {
    write("x.o", code("member", 4).build());
    write("y.o", code("other", 4).build());
    write(
        "lib.a",
        new ArchiveBuilder()
            .member("x.o", code("member", 4), "member")
            .member("y.o", code("other", 4), "other")
            .thin(4));
    settle();
    String before = same();
    assertEquals(7, session.files());
    write("x.o", code("member", 8).build());
    assertFalse(before.equals(same()));
    settle();
    assertFalse(before.equals(same()));
  }

  @Test
  void libraryAndScript() throws Exception {
    change(() -> write("lib.so", library(6)));
    write("elsewhere.o", code("scripted", 12).build());
    change(() -> write("script.ld", "INPUT(elsewhere.o)\n".getBytes("US-ASCII")));
    change(() -> write("elsewhere.o", code("scripted", 13).build()));
  }

  /** Without a moment between them: sizes are the same, and so are times that can be set. */
  @Test
  void changesInTheSameMoment() throws Exception {
    settle();
    Random random = new Random(1);
    FileTime time = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(dir.resolve("a.o"), time);
    for (int i = 0; i < 150; i++) {
      switch (random.nextInt(5)) {
        case 0 -> write("a.o", code("a", random.nextInt(100)).build());
        case 1 -> write("lib.a", archive(random.nextInt(100)));
        case 2 -> write("lib.so", library(random.nextInt(100)));
        case 3 -> {
          write("new.o", code("scripted", random.nextInt(100)).build());
          Files.move(
              dir.resolve("new.o"), dir.resolve("scripted.o"), StandardCopyOption.ATOMIC_MOVE);
        }
        default -> Thread.sleep(random.nextInt(80));
      }
      if (random.nextBoolean()) {
        Files.setLastModifiedTime(dir.resolve("a.o"), time);
      }
      // The session's link first: it must not profit from the time that another one takes.
      String warm = result(request(), session);
      assertEquals(result(request(), null), warm, "change " + i);
    }
  }

  @Test
  void theBoundHolds() throws Exception {
    settle();
    try (Linker.Session all = new Linker.Session(PLENTY)) {
      all.link(request());
      for (long most : new long[] {0, 1000, all.heapBytes() / 2, all.heapBytes()}) {
        try (Linker.Session some = new Linker.Session(most)) {
          for (int i = 0; i < 3; i++) {
            assertEquals(result(request(), null), result(request(), some));
            assertTrue(some.heapBytes() <= most, () -> some.heapBytes() + " of " + most);
            assertTrue(some.mappedBytes() <= Keeper.MAPPED * most);
          }
          assertEquals(most <= 1000, some.files() == 0, "of " + most);
          assertEquals(most == all.heapBytes(), some.files() == all.files());
        }
      }
    }
    assertThrows(IllegalArgumentException.class, () -> new Linker.Session(-1));
  }

  @Test
  void clearedAndClosed() throws Exception {
    kept();
    session.clear();
    assertEquals(0, session.files());
    kept();
    session.close();
    session.close();
    LinkRequest r = request();
    assertThrows(IllegalStateException.class, () -> session.link(r));
  }

  /** From many threads, while files are replaced, with bounds so small that files come and go. */
  @Test
  void manyAtOnce() throws Exception {
    List<String> expected = new ArrayList<>();
    for (int fill : new int[] {20, 21}) {
      write("a.o", code("a", fill).build());
      write("lib.a", archive(4));
      expected.add(result(request(), null));
    }
    byte[][] contents = {code("a", 20).build(), code("a", 21).build()};
    for (long most : new long[] {PLENTY, 6000, 0}) {
      AtomicInteger running = new AtomicInteger(6);
      try (Linker.Session shared = new Linker.Session(most);
          ExecutorService pool = Executors.newCachedThreadPool()) {
        List<Future<?>> links = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
          links.add(
              pool.submit(
                  () -> {
                    try {
                      for (int i = 0; i < 25; i++) {
                        String linked = result(request(), shared);
                        assertTrue(expected.contains(linked), () -> "other bytes: " + linked);
                      }
                    } finally {
                      running.decrementAndGet();
                    }
                  }));
        }
        for (int i = 0; running.get() > 0; i++) {
          write("new.o", contents[i % 2]);
          Files.move(dir.resolve("new.o"), dir.resolve("a.o"), StandardCopyOption.ATOMIC_MOVE);
          if (i % 10 == 0) {
            shared.clear();
          }
          Thread.sleep(i % 7 == 0 ? 70 : 2);
        }
        for (Future<?> f : links) {
          f.get();
        }
      }
    }
  }

  /** Links of other kinds find what one has left, on several threads each. */
  @Test
  void otherLinks() throws Exception {
    settle();
    for (OutputKind kind : OutputKind.values()) {
      for (int threads = 1; threads <= 3; threads++) {
        LinkRequest.Builder b = LinkRequest.builder().arches(TestArch.ARCHES).threads(threads);
        b.output(OutputSink.memory()).set(LinkOption.OUTPUT_KIND, kind);
        b.set(LinkOption.Z_KEYWORDS, List.of("notext"));
        for (String name : List.of("lib.a", "main.o", "a.o", "scripted.o", "lib.a")) {
          b.input(new InputSource.OfPath(dir.resolve(name), InputFlags.NONE));
        }
        b.set(LinkOption.DEFSYM, List.of(java.util.Map.entry("library", "4")));
        assertEquals(result(b.build(), null), result(b.build(), session), kind + " " + threads);
      }
    }
  }
}
