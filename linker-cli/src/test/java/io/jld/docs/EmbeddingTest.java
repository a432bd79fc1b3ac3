package io.jld.docs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.Cancellation;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.Image;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import io.jld.link.Severity;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/embedding.md shows is this code and that of {@link Embedding}. */
@Timeout(600)
class EmbeddingTest {
  @TempDir Path dir;

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, p.waitFor(), command + ": " + said);
    return said;
  }

  private String run(byte[] program) throws IOException, InterruptedException {
    Path file = Files.write(dir.resolve("program"), program);
    assertTrue(file.toFile().setExecutable(true));
    return run(List.of(file.toString()));
  }

  private static byte[] bytes(LinkResult result) {
    return result.bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  private static void assumeAmd64() {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "the programs are for amd64");
  }

  @Test
  void theExample() throws IOException, InterruptedException {
    assumeAmd64();
    Path file = dir.resolve("hello");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    String said = run(List.of(java, "-cp", classPath, Embedding.class.getName(), file.toString()));
    assertEquals(Files.size(file) + " bytes for amd64\nHello from memory\n", said);
  }

  @Test
  void tenLines() throws IOException, InterruptedException {
    assumeAmd64();
    Path object = Files.write(dir.resolve("hello.o"), Embedding.object("Ten lines\n"));
    Path program = dir.resolve("ten");
    LinkRequest request =
        LinkRequest.builder()
            .input(InputSource.path(object))
            .output(OutputSink.path(program))
            .build();
    try {
      Linker.link(request);
    } catch (LinkException e) {
      e.diagnostics().forEach(System.err::println);
    }
    assertEquals("Ten lines\n", run(List.of(program.toString())));
  }

  /** Each piece of Java in the document stands in these sources, but for how far it is indented. */
  @Test
  void theDocumentShowsThisCode() throws IOException {
    Path sources = Path.of("src/test/java/io/jld/docs");
    String doc = Files.readString(Path.of("../docs/embedding.md"));
    assertTrue(doc.contains(Files.readString(sources.resolve("Embedding.java"))), "Embedding.java");
    String known = stripped(Files.readString(sources.resolve("EmbeddingTest.java")));
    known += stripped(Files.readString(sources.resolve("Embedding.java")));
    int pieces = 0;
    for (String part : doc.split("(?m)^```java\n")) {
      if (pieces++ > 0) {
        String code = stripped(part.substring(0, part.indexOf("```")));
        assertTrue(known.contains(code), "not compiled and run by the tests:\n" + code);
      }
    }
    assertTrue(pieces > 4, "pieces of code");
  }

  private static String stripped(String code) {
    return code.replaceAll("(?m)^ +", "");
  }

  /** A C program with the C library: what gcc -static hands to the linker. */
  @Test
  void inputs() throws IOException, InterruptedException {
    assumeAmd64();
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/gcc"))
            && Files.exists(Path.of("/usr/lib/x86_64-linux-gnu/libc.a")),
        "there is no gcc with a static C library");
    Path source = dir.resolve("main.c");
    Files.writeString(source, "#include <stdio.h>\nint main(void) { return puts(\"C\") < 0; }\n");
    Path main = dir.resolve("main.o");
    run(List.of("gcc", "-c", source.toString(), "-o", main.toString()));
    byte[] object = Files.readAllBytes(main);
    String libgcc = run(List.of("gcc", "-print-libgcc-file-name")).strip();
    Path file = dir.resolve("main");
    Path lib = Path.of("/usr/lib/x86_64-linux-gnu");
    LinkRequest request =
        LinkRequest.builder()
            .input(InputSource.path(lib.resolve("crt1.o")))
            .input(InputSource.path(lib.resolve("crti.o")))
            .input(InputSource.memory("main.o", object))
            .input(InputSource.Bracket.GROUP_START)
            .input(InputSource.library("c"))
            .input(InputSource.library("gcc"))
            .input(InputSource.library("gcc_eh"))
            .input(InputSource.Bracket.GROUP_END)
            .input(InputSource.path(lib.resolve("crtn.o")))
            .set(LinkOption.STATIC, true)
            .set(
                LinkOption.LIBRARY_PATH,
                List.of(lib.toString(), Path.of(libgcc).getParent().toString()))
            .output(OutputSink.path(file))
            .build();
    Linker.link(request);
    assertEquals("C\n", run(List.of(file.toString())));
  }

  @Test
  void pluginsMayBeForbidden() throws IOException {
    byte[] bitcode = {'B', 'C', (byte) 0xc0, (byte) 0xde};
    Path object = Files.write(dir.resolve("a.o"), bitcode);
    LinkRequest request =
        LinkRequest.builder()
            .arch("amd64")
            .input(InputSource.path(object))
            .set(LinkOption.PLUGIN, Map.of("/usr/lib/llvm-14/lib/LLVMgold.so", List.of("O2")))
            .beforePlugins(
                () -> {
                  throw new UnsupportedOperationException("no compilers in this process");
                })
            .output(OutputSink.memory())
            .build();
    assertThrows(UnsupportedOperationException.class, () -> Linker.link(request));
  }

  @Test
  void diagnosticsAreValues() throws IOException {
    byte[] object = Embedding.object("undefined");
    object[indexOf(object, "_start")] = 'X';
    Path file = Files.writeString(dir.resolve("out"), "what stood there before");
    List<String> undefined = new ArrayList<>();
    LinkRequest request =
        LinkRequest.builder()
            .input(InputSource.memory("a.o", object))
            .set(LinkOption.REQUIRE_DEFINED, List.of("_start", "_stop"))
            .output(OutputSink.path(file))
            .build();
    try {
      Linker.link(request);
    } catch (LinkException e) {
      for (Diagnostic d : e.diagnostics()) {
        if (d.severity() == Severity.ERROR) {
          undefined.add(d.message() + " " + d.location());
        }
      }
    }
    assertEquals(
        List.of("required symbol '_start' not defined ", "required symbol '_stop' not defined "),
        undefined);
    assertEquals("what stood there before", Files.readString(file));
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  @Test
  void warningsOfALinkThatSucceeds() {
    byte[] object = Embedding.object("no entry");
    object[indexOf(object, "_start")] = 'X';
    LinkRequest request =
        LinkRequest.builder()
            .input(InputSource.memory("a.o", object))
            .output(OutputSink.memory())
            .build();
    LinkResult result = Linker.link(request);
    assertEquals(1, result.diagnostics().size());
    assertEquals(Severity.WARNING, result.diagnostics().getFirst().severity());
  }

  private static LinkRequest.Builder hello(int i) {
    byte[] object = i % 2 == 0 ? Embedding.object("I am " + i) : HelloX86.object("I am " + i);
    return LinkRequest.builder()
        .input(InputSource.memory("hello" + i + ".o", object))
        .set(LinkOption.OUTPUT_KIND, i % 4 == 0 ? OutputKind.PIE : OutputKind.EXECUTABLE)
        .set(LinkOption.NO_DYNAMIC_LINKER, true)
        .set(LinkOption.STATIC, true)
        .set(LinkOption.BUILD_ID, "sha1")
        .output(OutputSink.memory());
  }

  /** Links for both architectures, some of which fail, all at once on one pool. */
  @Test
  void linksAtOnce() throws Exception {
    int n = 8;
    List<byte[]> expected = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      expected.add(bytes(Linker.link(hello(i).threads(1).build())));
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(4);
        ExecutorService callers = Executors.newCachedThreadPool()) {
      for (int round = 0; round < 10; round++) {
        List<Future<LinkResult>> results = new ArrayList<>();
        List<Future<LinkException>> failures = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          LinkRequest request = hello(i).executor(pool, 4).build();
          results.add(callers.submit(() -> Linker.link(request)));
          String missing = "missing" + i;
          LinkRequest bad =
              hello(i).executor(pool, 4).set(LinkOption.REQUIRE_DEFINED, List.of(missing)).build();
          failures.add(
              callers.submit(() -> assertThrows(LinkException.class, () -> Linker.link(bad))));
        }
        for (int i = 0; i < n; i++) {
          LinkResult r = results.get(i).get();
          assertEquals(i % 2 == 0 ? "amd64" : "x86", r.arch());
          assertArrayEquals(expected.get(i), bytes(r), "link " + i);
          assertEquals(List.of(), r.diagnostics());
          List<Diagnostic> wrong = failures.get(i).get().diagnostics();
          assertEquals(1, wrong.size());
          assertEquals(
              "required symbol 'missing" + i + "' not defined", wrong.getFirst().message());
        }
      }
    }
    assumeAmd64();
    for (int i = 0; i < n; i += 2) {
      assertEquals("I am " + i, run(expected.get(i)));
    }
    assumeTrue(runsX86(expected.get(1)), "this system does not run programs for x86");
    for (int i = 1; i < n; i += 2) {
      assertEquals("I am " + i, run(expected.get(i)));
    }
  }

  private boolean runsX86(byte[] program) throws InterruptedException {
    try {
      run(program);
      return true;
    } catch (IOException e) {
      return false; // exec format error
    }
  }

  @Test
  void onePoolForAll() throws Exception {
    byte[] first = Embedding.object("first");
    byte[] second = Embedding.object("second");
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Callable<LinkResult>> links = new ArrayList<>();
      for (byte[] object : List.of(first, second)) {
        LinkRequest request =
            LinkRequest.builder()
                .input(InputSource.memory("a.o", object))
                .output(OutputSink.memory())
                .executor(pool, 2)
                .build();
        links.add(() -> Linker.link(request));
      }
      for (Future<LinkResult> link : pool.invokeAll(links)) {
        assertTrue(link.get().size() > 0);
      }
    }
  }

  /** A pool whose only thread runs the link itself has nobody to help it, and yet the link ends. */
  @Test
  void aPoolWithoutAFreeThread() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(1)) {
      LinkRequest request = hello(0).executor(pool, 4).build();
      assertFalse(pool.submit(() -> bytes(Linker.link(request))).get().length == 0);
    }
  }

  private interface Io {
    void run() throws IOException;
  }

  private static void unchecked(Io action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LinkRequest withMap(byte[] object, Path file, Path report) throws IOException {
    BufferedWriter map = Files.newBufferedWriter(report);
    LinkRequest request =
        LinkRequest.builder()
            .input(InputSource.memory("a.o", object))
            .output(OutputSink.path(file))
            .set(LinkOption.MAP, line -> unchecked(() -> map.write(line + "\n")))
            .beforeOutput(result -> unchecked(map::close))
            .build();
    return request;
  }

  @Test
  void reportsAreFinishedBeforeThereIsAnOutput() throws IOException {
    byte[] object = Embedding.object("a");
    Path file = Files.writeString(dir.resolve("a"), "before");
    Path full = Path.of("/dev/full");
    if (Files.exists(full)) {
      LinkException e =
          assertThrows(LinkException.class, () -> Linker.link(withMap(object, file, full)));
      assertEquals(
          "error: a report cannot be written: No space left on device [report-not-writable]",
          e.getMessage());
      assertEquals("before", Files.readString(file));
    }
    Path report = dir.resolve("a.map");
    LinkResult result = Linker.link(withMap(object, file, report));
    assertEquals(Files.size(file), result.size());
    assertTrue(Files.readString(report).contains("_start"));
  }

  private static void stopAt(String pass, Cancellation cancellation) {
    if (pass.equals("asmb")) {
      cancellation.cancel();
    }
  }

  @Test
  void aLinkThatIsCancelled() throws IOException {
    byte[] object = Embedding.object("a");
    Path file = Files.writeString(dir.resolve("a"), "before");
    Cancellation cancellation = new Cancellation();
    LinkRequest request =
        LinkRequest.builder()
            .input(InputSource.memory("a.o", object))
            .output(OutputSink.path(file))
            .cancellation(cancellation)
            .set(LinkOption.PROGRESS, pass -> stopAt(pass, cancellation))
            .build();
    LinkException e = assertThrows(LinkException.class, () -> Linker.link(request));
    assertEquals(DiagnosticCode.CANCELLED, e.diagnostics().getFirst().code());
    assertEquals("before", Files.readString(file));
  }

  @Test
  void whatTheOutputConsistsOf() {
    byte[] object = Embedding.object("a");
    LinkRequest request =
        LinkRequest.builder()
            .input(InputSource.memory("a.o", object))
            .output(OutputSink.memory())
            .set(LinkOption.IMAGE, true)
            .build();
    LinkResult result = Linker.link(request);
    for (Image.Symbol s : result.image().symbols()) {
      if (s.name().equals("_start")) {
        assertEquals(new Image.Origin("a.o", null, ".text"), s.origin());
        assertEquals((byte) 0xb8, result.bytes().get(ValueLayout.JAVA_BYTE, s.offset()));
      }
    }
    assertTrue(result.image().symbols().stream().anyMatch(s -> s.name().equals("_start")));
  }

  @Test
  void outputToAStream() throws IOException {
    LinkRequest.Builder request =
        LinkRequest.builder().input(InputSource.memory("a.o", Embedding.object("a")));
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    LinkResult result = Linker.link(request.output(OutputSink.stream("a", stream)).build());
    assertEquals(stream.size(), result.size());
    assertArrayEquals(
        bytes(Linker.link(request.output(OutputSink.memory()).build())), stream.toByteArray());
  }

  @Test
  void manyLinksOfTheSameFiles() throws IOException {
    Path object = Files.write(dir.resolve("a.o"), Embedding.object("before"));
    byte[] changed = Embedding.object("after");
    try (Linker.Session session = new Linker.Session(256 << 20)) {
      LinkRequest request =
          LinkRequest.builder().input(InputSource.path(object)).output(OutputSink.memory()).build();
      byte[] before = bytes(session.link(request));
      assertArrayEquals(before, bytes(session.link(request)));
      Files.write(object, changed);
      assertArrayEquals(bytes(Linker.link(request)), bytes(session.link(request)));
      assertTrue(session.heapBytes() <= 256 << 20);
    }
  }
}
