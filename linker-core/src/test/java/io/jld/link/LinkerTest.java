package io.jld.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaves the library when something goes wrong that is neither an input nor an option. */
@Timeout(60)
class LinkerTest {
  private static final byte[] OLD = {1, 2, 3};

  @TempDir Path dir;
  private Path output;

  @BeforeEach
  void output() throws IOException {
    output = Files.write(dir.resolve("output"), OLD);
  }

  @AfterEach
  void neverInterrupted() {
    assertFalse(Thread.interrupted(), "a test has left the thread interrupted");
  }

  private static ObjectBuilder object(boolean wide, String name) {
    ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    o.function(name, o.code(".text", new byte[64]), 0, 4);
    int data = o.data(".data", new byte[64]);
    o.reloc(data, 0, TestArch.WORD, o.sectionSymbol(data), 0);
    return o;
  }

  /** A request for the output's path, with as many objects that threads have something to do. */
  private LinkRequest.Builder request(boolean wide) {
    LinkRequest.Builder b =
        LinkRequest.builder().arches(TestArch.ARCHES).output(OutputSink.path(output)).threads(1);
    for (int i = 0; i < 40; i++) {
      b.input(object(wide, i == 0 ? "_start" : "f" + i).source("o" + i + ".o"));
    }
    return b;
  }

  private void isAsBefore() throws IOException {
    assertArrayEquals(OLD, Files.readAllBytes(output));
    try (var files = Files.list(dir)) {
      assertEquals(List.of(output), files.toList());
    }
  }

  private LinkException fails(LinkRequest.Builder request) throws IOException {
    LinkException e = assertThrows(LinkException.class, () -> Linker.link(request.build()));
    isAsBefore();
    return e;
  }

  // Executors

  /** Whatever number of tasks it takes before: none of them is at work when the link has ended. */
  @Test
  void anExecutorThatRejects() throws IOException {
    AtomicInteger tasks = new AtomicInteger();
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      for (int taken = 0; taken < 60; taken++) {
        AtomicInteger left = new AtomicInteger(taken);
        AtomicBoolean rejected = new AtomicBoolean();
        LinkRequest.Builder request =
            request(taken % 2 == 0)
                .executor(
                    task -> {
                      if (left.getAndDecrement() <= 0) {
                        rejected.set(true);
                        throw new RejectedExecutionException("taken " + tasks);
                      }
                      tasks.incrementAndGet();
                      pool.execute(
                          () -> {
                            task.run();
                            tasks.decrementAndGet();
                          });
                    },
                    4);
        try {
          Linker.link(request.build());
          assertFalse(rejected.get());
          assertTrue(taken > 3);
          return; // it had what it needs
        } catch (LinkException e) {
          assertTrue(
              e.getMessage()
                  .startsWith(
                      "error: the executor has not taken a task:"
                          + " java.util.concurrent.RejectedExecutionException: taken"),
              e.getMessage());
          assertSame(RejectedExecutionException.class, e.getCause().getClass());
          isAsBefore();
        }
      }
    }
  }

  @Test
  void aPoolThatIsShutDown() throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    pool.shutdown();
    LinkException e = fails(request(true).executor(pool, 3));
    assertTrue(e.getMessage().contains("the executor has not taken a task"), e.getMessage());
  }

  // Consumers

  private static final LinkOption<?>[] SINKS = {null, LinkOption.MAP, LinkOption.DEPENDENCY_FILE};

  @SuppressWarnings("unchecked")
  private LinkRequest.Builder withSink(LinkOption<?> sink, Consumer<String> consumer) {
    return sink == null
        ? request(true).messages(consumer).set(LinkOption.TRACE, LinkOption.Trace.FILES)
        : request(true).set((LinkOption<Consumer<String>>) sink, consumer);
  }

  @Test
  void whatAConsumerThrowsComesOut() throws IOException {
    for (Throwable thrown :
        new Throwable[] {
          new IllegalStateException("mine"),
          new AssertionError("mine too"),
          new LinkException(DiagnosticCode.INVALID_REQUEST, Location.NONE, "of another link")
        }) {
      for (LinkOption<?> sink : SINKS) {
        LinkRequest.Builder request =
            withSink(
                sink,
                line -> {
                  if (thrown instanceof Error e) {
                    throw e;
                  }
                  throw (RuntimeException) thrown;
                });
        assertSame(
            thrown, assertThrows(Throwable.class, () -> Linker.link(request.build())), "" + sink);
        isAsBefore();
      }
    }
  }

  @Test
  void whatAStreamOrTheLastConsumerThrowsComesOut() throws IOException {
    IllegalStateException thrown = new IllegalStateException("mine");
    OutputStream stream =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw thrown;
          }
        };
    for (LinkRequest.Builder request :
        List.of(
            request(true).output(OutputSink.stream("a stream", stream)),
            request(true)
                .beforeOutput(
                    result -> {
                      throw thrown;
                    }))) {
      assertSame(
          thrown, assertThrows(IllegalStateException.class, () -> Linker.link(request.build())));
      isAsBefore();
    }
  }

  @Test
  void aConsumerThatCannotWrite() throws IOException {
    for (LinkOption<?> sink : SINKS) {
      LinkException e =
          fails(
              withSink(
                  sink,
                  line -> {
                    throw new UncheckedIOException(new IOException("the tape is full"));
                  }));
      assertEquals(
          "error: a report cannot be written: the tape is full [report-not-writable]",
          e.getMessage());
    }
  }

  // Options

  @Test
  void nullIsNoValue() {
    LinkRequest.Builder b = LinkRequest.builder();
    NullPointerException e =
        assertThrows(NullPointerException.class, () -> b.set(LinkOption.ENTRY, null));
    assertEquals("null for the option entry", e.getMessage());
    e =
        assertThrows(
            NullPointerException.class, () -> b.set(LinkOption.RPATH, Arrays.asList("a", null)));
    assertEquals("a null in the value of the option rpath", e.getMessage());
    Map<String, Long> starts = new java.util.HashMap<>();
    starts.put(".text", null);
    assertThrows(NullPointerException.class, () -> b.set(LinkOption.SECTION_START, starts));
    b.set(LinkOption.IMAGE_BASE, null).set(LinkOption.MAP, null); // their standard
  }

  @Test
  void aRequestDoesNotChangeWithTheCallersCollections() {
    List<String> rpath = new ArrayList<>(List.of("a"));
    LinkRequest request =
        LinkRequest.builder()
            .arches(TestArch.ARCHES)
            .output(OutputSink.memory())
            .set(LinkOption.RPATH, rpath)
            .build();
    rpath.add("b");
    assertEquals(List.of("a"), request.get(LinkOption.RPATH));
  }

  // Interruption

  private void isInterrupted(LinkRequest.Builder request) throws IOException {
    try {
      LinkException e = fails(request);
      assertEquals("error: the link was interrupted [interrupted]", e.getMessage());
      assertNull(e.getCause());
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aThreadThatIsInterruptedLinksNothing(int threads) throws IOException {
    Thread.currentThread().interrupt();
    isInterrupted(request(true).threads(threads));
  }

  /** In the midst of a pass, in another thread of the link, and before the output gets its name. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void interruptedOnTheWay(int threads) throws IOException {
    Thread caller = Thread.currentThread();
    for (LinkOption<?> sink : SINKS) {
      isInterrupted(withSink(sink, line -> caller.interrupt()).threads(threads));
    }
    for (String method : new String[] {"scan", "apply", "asmb", "asmb2"}) {
      Arches interrupting = arches(method, caller::interrupt);
      isInterrupted(request(true).arches(interrupting).threads(threads));
    }
  }

  // Whatever else is thrown

  /** An architecture that does something of its own before one of its methods. */
  private static Arches arches(String method, Runnable before) {
    Arch arch =
        (Arch)
            Proxy.newProxyInstance(
                LinkerTest.class.getClassLoader(),
                new Class<?>[] {Arch.class},
                (proxy, m, args) -> {
                  if (m.getName().equals(method)) {
                    before.run();
                  }
                  try {
                    return m.invoke(TestArch.WIDE, args);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new Arches(List.of(arch));
  }

  private LinkException thrownInScan(RuntimeException e, Error error) throws IOException {
    Runnable run =
        () -> {
          if (error != null) {
            throw error;
          }
          throw e;
        };
    return fails(request(true).arches(arches("scan", run)).threads(2));
  }

  @Test
  void errorsOfTheMachine() throws IOException {
    Error full = new OutOfMemoryError("Java heap space");
    LinkException e = thrownInScan(null, full);
    assertEquals("error: out of memory: Java heap space [out-of-memory]", e.getMessage());
    assertSame(full, e.getCause());
    assertSame(full, thrownInScan(null, new BootstrapMethodError(full)).getCause());
    Error deep = new StackOverflowError();
    deep.setStackTrace(new StackTraceElement[0]);
    e = thrownInScan(null, deep);
    assertEquals(
        "error: an input is nested too deeply: the stack is full [nested-too-deeply]",
        e.getMessage());
    Error missing = new AbstractMethodError("scan");
    missing.setStackTrace(new StackTraceElement[0]);
    e = thrownInScan(null, missing);
    assertTrue(e.getMessage().startsWith("error: architecture 'wide' "), e.getMessage());
    assertTrue(
        e.getMessage()
            .endsWith(
                "another version of jld: java.lang.AbstractMethodError: scan"
                    + " [unusable-architecture]"),
        e.getMessage());
  }

  /** The cause is kept on the way, with warnings and demangled names too. */
  @Test
  void internalErrors() throws IOException {
    IllegalStateException bug = new IllegalStateException("a bug");
    bug.setStackTrace(new StackTraceElement[0]);
    LinkException e = thrownInScan(bug, null);
    assertEquals(
        "error: internal error: java.lang.IllegalStateException: a bug; please report it"
            + " [internal-error]",
        e.getMessage());
    assertSame(bug, e.getCause());
  }

  @Test
  void anExceptionInAnArchitectureNamesIt() {
    RuntimeException thrown = new UnsupportedOperationException("not yet");
    thrown.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("java.util.Objects", "checkIndex", "Objects.java", 1),
          new StackTraceElement(TestArch.class.getName(), "scan", "TestArch.java", 1),
        });
    Arches both = new Arches(List.of(TestArch.NARROW, TestArch.WIDE));
    LinkException e = Failure.of(thrown, both, TestArch.WIDE);
    assertTrue(
        e.getMessage().startsWith("error: internal error in architecture 'wide' ("),
        e.getMessage());
    assertTrue(
        e.getMessage()
            .endsWith(
                "java.lang.UnsupportedOperationException: not yet; please report it"
                    + " [internal-error]"),
        e.getMessage());
  }

  // Memory

  private void fails(String message, LinkRequest.Builder request) throws IOException {
    assertEquals("error: " + message + " [invalid-request]", fails(request).getMessage());
  }

  /** What a thread of the link may not touch, or nobody any more. */
  @Test
  void memoryThatCannotBeUsed() throws Exception {
    byte[] object = object(true, "another").build();
    try (Arena confined = Arena.ofConfined()) {
      MemorySegment bytes =
          confined.allocate(object.length).copyFrom(MemorySegment.ofArray(object));
      LinkRequest.Builder request = request(true).input(InputSource.memory("x.o", bytes));
      fails("x.o is confined to this thread: link on one thread, or share it", request.threads(2));
      LinkRequest.Builder mapped = request(true).arena(confined).threads(2);
      fails("the arena is confined to this thread: link on one thread, or share it", mapped);
      Linker.link(request.threads(1).output(OutputSink.memory()).build());
      Linker.link(mapped.threads(1).output(OutputSink.memory()).build());
      List<String> messages = new ArrayList<>();
      Thread other =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (LinkRequest.Builder b : List.of(request, mapped)) {
                      messages.add(
                          assertThrows(LinkException.class, () -> Linker.link(b.build()))
                              .getMessage());
                    }
                  });
      other.join();
      assertEquals("error: x.o is confined to another thread [invalid-request]", messages.get(0));
      assertTrue(messages.get(1).startsWith("error: the arena cannot be used: "), messages.get(1));
    }
    Arena closed;
    MemorySegment bytes;
    try (Arena arena = Arena.ofShared()) {
      closed = arena;
      bytes = arena.allocate(8);
    }
    fails(
        "y.o: the memory's arena is closed", request(true).input(InputSource.memory("y.o", bytes)));
    LinkException e = fails(request(true).arena(closed));
    assertEquals(
        "error: the arena cannot be used: Already closed [invalid-request]", e.getMessage());
  }

  // Inputs

  /** That nothing defines the symbol is no error here; what is wrong with the relocation is one. */
  @Test
  void aRelocationOfAnUnknownTypeAgainstASymbolThatMayBeMissing() throws IOException {
    for (boolean wide : new boolean[] {true, false}) {
      ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
      int data = o.data(".data.x", new byte[8]);
      o.reloc(data, 0, 99, o.undefined("missing"), 0);
      LinkException e =
          fails(
              request(wide)
                  .input(o.source("x.o"))
                  .set(LinkOption.UNRESOLVED, LinkOption.Unresolved.IGNORE_ALL));
      assertEquals(DiagnosticCode.UNKNOWN_RELOCATION, e.diagnostics().getFirst().code());
    }
  }

  @Test
  void inputsInMemoryMayHaveOneName() throws IOException {
    LinkRequest.Builder request = request(true);
    request.input(object(true, "_start").source("o0.o"));
    assertEquals(DiagnosticCode.DUPLICATE_FILE, fails(request).diagnostics().getFirst().code());
    ObjectBuilder other = object(true, "_start");
    other.data(".data.other", new byte[8]);
    LinkRequest.Builder twoNames = request(true).input(other.source("o0.o"));
    assertEquals(DiagnosticCode.DUPLICATE_SYMBOL, fails(twoNames).diagnostics().getFirst().code());
  }

  /** Such a file system has no mappings. */
  @Test
  void aFileInAnArchiveOfJava() throws IOException {
    byte[] object =
        ((InputSource.OfMemory) object(true, "more").source("z.o"))
            .bytes()
            .toArray(ValueLayout.JAVA_BYTE);
    Path zip = dir.resolve("inputs.zip");
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = Files.write(files.getPath("/z.o"), object);
      MemorySegment linked =
          Linker.link(
                  request(true).input(InputSource.path(inside)).output(OutputSink.memory()).build())
              .bytes();
      MemorySegment expected =
          Linker.link(
                  request(true)
                      .input(InputSource.memory("/z.o", object))
                      .output(OutputSink.memory())
                      .build())
              .bytes();
      assertEquals(-1, expected.mismatch(linked));
    }
  }

  @Test
  void nullsAreRefusedAtOnce() {
    LinkRequest.Builder b = request(true);
    assertThrows(NullPointerException.class, () -> b.set(null, 1));
    assertThrows(NullPointerException.class, () -> b.input(null));
    assertThrows(NullPointerException.class, () -> b.inputs(Arrays.asList((InputSource) null)));
    assertThrows(NullPointerException.class, () -> new Cancellation().onCancel(null));
  }

  /** What one of them throws keeps the others from nothing. */
  @Test
  void allActionsOfACancellationAreCalled() {
    Cancellation token = new Cancellation();
    AtomicInteger called = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      token.onCancel(
          () -> {
            throw new IllegalStateException("action " + called.incrementAndGet());
          });
    }
    assertEquals("action 1", assertThrows(IllegalStateException.class, token::cancel).getMessage());
    assertEquals(3, called.get());
  }

  // Outputs in memory

  @Test
  void anOutputInMemoryIsKept() throws IOException {
    byte[] file =
        Files.readAllBytes(
            link(
                request(true).output(OutputSink.path(dir.resolve("second"))),
                dir.resolve("second")));
    MemorySegment bytes =
        Linker.link(request(true).output(OutputSink.memory()).threads(3).build()).bytes();
    assertTrue(bytes.isReadOnly());
    assertArrayEquals(file, bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  /** A file that is written as its bytes come has those of an output in memory. */
  @ParameterizedTest
  @EnumSource
  void aLargeFileIsTheOutputInMemory(OutputKind kind) throws IOException {
    Path path = dir.resolve("large");
    for (boolean wide : new boolean[] {true, false}) {
      for (int threads : new int[] {1, 3}) {
        LinkRequest.Builder request = large(kind, wide).threads(threads);
        MemorySegment memory = Linker.link(request.output(OutputSink.memory()).build()).bytes();
        byte[] file = Files.readAllBytes(link(request.output(OutputSink.path(path)), path));
        assertArrayEquals(memory.toArray(ValueLayout.JAVA_BYTE), file);
      }
    }
  }

  /** Blocks of 1 MiB and more in all kinds of sections, and one that no buffer has room for. */
  private LinkRequest.Builder large(OutputKind kind, boolean wide) {
    LinkRequest.Builder request =
        request(wide).set(LinkOption.OUTPUT_KIND, kind).set(LinkOption.BUILD_ID, "fast");
    for (String name : List.of(".text.x", ".data.x", ".rodata.x", ".debug_x")) {
      for (int i = 0; i < 30; i++) {
        byte[] bytes = new byte[i == 7 ? 1 << 20 : 100_000];
        new Random(i).nextBytes(bytes);
        ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
        int section =
            switch (name) {
              case ".text.x" -> o.code(name, bytes);
              case ".debug_x" -> o.section(name, 1, 0, 1, 0, bytes);
              default -> o.data(name, bytes);
            };
        o.reloc(section, bytes.length - 8, TestArch.WORD, o.sectionSymbol(section), i);
        request.input(o.source(name + i + ".o"));
      }
    }
    return request;
  }

  private static Path link(LinkRequest.Builder request, Path path) {
    Linker.link(request.build());
    return path;
  }

  /** No array has room for it. */
  @Test
  void moreThanTwoGibibytes() throws IOException {
    assumeTrue(available() > 5L << 30, "takes more memory than this machine has to spare");
    long far = 0x8000_2000L;
    LinkRequest request =
        request(true)
            .output(OutputSink.memory())
            .set(LinkOption.OUTPUT_FORMAT, "binary")
            .set(LinkOption.SECTION_START, Map.of(".text", 0x1000L, ".data", far))
            .build();
    LinkResult result = Linker.link(request);
    assertTrue(result.size() > Integer.MAX_VALUE, "" + result.size());
    assertEquals(result.size(), result.bytes().byteSize());
    assertEquals(far, result.bytes().get(ValueLayout.JAVA_LONG_UNALIGNED, far - 0x1000));
  }

  private static long available() throws IOException {
    Path meminfo = Path.of("/proc/meminfo");
    if (!Files.isReadable(meminfo)) {
      return 0;
    }
    for (String line : Files.readAllLines(meminfo)) {
      if (line.startsWith("MemAvailable:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return 0;
  }
}
