package io.jld.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links that are cancelled: where, from where, and what is left of them. */
@Timeout(60)
class CancellationTest {
  private static final byte[] OLD = {1, 2, 3};

  @TempDir Path dir;
  private final Cancellation cancellation = new Cancellation();

  @AfterEach
  void neverInterrupted() {
    assertFalse(Thread.interrupted());
  }

  private static ObjectBuilder object(String name, int data) {
    ObjectBuilder o = ObjectBuilder.wide();
    o.function(name, o.code(".text", new byte[64]), 0, 4);
    o.data(".data", new byte[data]);
    return o;
  }

  private LinkRequest.Builder request() {
    LinkRequest.Builder b =
        LinkRequest.builder()
            .arches(TestArch.ARCHES)
            .output(OutputSink.memory())
            .cancellation(cancellation);
    for (int i = 0; i < 20; i++) {
      b.input(object(i == 0 ? "_start" : "f" + i, 64).source("o" + i + ".o"));
    }
    return b;
  }

  private static LinkException isCancelled(LinkRequest request) {
    LinkException e = assertThrows(LinkException.class, () -> Linker.link(request));
    assertEquals("error: the link was cancelled [cancelled]", e.getMessage());
    assertEquals(DiagnosticCode.CANCELLED, e.diagnostics().getFirst().code());
    return e;
  }

  @Test
  void beforeItBegins() throws Exception {
    Path output = Files.write(dir.resolve("out"), OLD);
    cancellation.cancel();
    AtomicInteger tasks = new AtomicInteger();
    LinkRequest.Builder request = request().output(OutputSink.path(output));
    isCancelled(request.executor(task -> tasks.incrementAndGet(), 4).build());
    assertEquals(0, tasks.get());
    assertArrayEquals(OLD, Files.readAllBytes(output));
  }

  /** As each of its passes begins; and the last time when all but the output's name is done. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void onTheWay(int threads) throws Exception {
    Set<String> passes = new LinkedHashSet<>();
    LinkRequest.Builder other = request().threads(threads).set(LinkOption.PROGRESS, passes::add);
    Linker.link(other.build());
    assertTrue(passes.size() > 10 && passes.contains("asmb"), passes::toString);
    passes.add("");
    Path output = Files.write(dir.resolve("out"), OLD);
    for (String last : passes) {
      Cancellation token = new Cancellation();
      LinkRequest.Builder request =
          request().threads(threads).cancellation(token).output(OutputSink.path(output));
      request.set(
          LinkOption.PROGRESS,
          pass -> {
            if (pass.equals(last)) {
              token.cancel();
            }
          });
      request.beforeOutput(result -> token.cancel());
      isCancelled(request.build());
      assertArrayEquals(OLD, Files.readAllBytes(output), last);
      try (var files = Files.list(dir)) {
        assertEquals(List.of(output), files.toList(), last);
      }
    }
  }

  /** One token for many links, all of which are in their midst; a link without it goes on. */
  @Test
  void manyAtOnce() throws Exception {
    int n = 8;
    CountDownLatch all = new CountDownLatch(n);
    CountDownLatch cancelled = new CountDownLatch(1);
    try (ExecutorService callers = Executors.newCachedThreadPool();
        ExecutorService pool = Executors.newFixedThreadPool(3)) {
      List<Future<?>> links = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        LinkRequest.Builder request = request().executor(pool, 3);
        request.set(
            LinkOption.PROGRESS,
            pass -> {
              if (pass.equals("asmb")) {
                all.countDown();
                await(cancelled);
              }
            });
        links.add(callers.submit(() -> isCancelled(request.build())));
      }
      all.await();
      cancellation.cancel();
      cancelled.countDown();
      for (Future<?> link : links) {
        link.get();
      }
      Linker.link(request().cancellation(new Cancellation()).executor(pool, 3).build());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A pipe whose reader does not read: what is written to it would wait for ever. */
  @Test
  void whileItWritesToAPipe() throws Exception {
    Path pipe = dir.resolve("pipe");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "there is no mkfifo");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    LinkRequest.Builder request =
        request().output(OutputSink.path(pipe)).input(object("large", 1 << 20).source("l.o"));
    try (ExecutorService caller = Executors.newSingleThreadExecutor()) {
      Future<?> link = caller.submit(() -> isCancelled(request.build()));
      try (InputStream reader = Files.newInputStream(pipe)) {
        assertEquals(0x7f, reader.read()); // it writes
        cancellation.cancel();
        link.get();
      }
    }
  }

  /** What waits on behalf of a link is told of the end, and what it throws then is the cause. */
  @Test
  void aSupplierThatWaits() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    IllegalStateException gone = new IllegalStateException("nobody waits");
    InputSource supplied =
        InputSource.supplied(
            "a.o",
            () -> {
              try (var r = cancellation.onCancel(released::countDown)) {
                waits.countDown();
                released.await();
                throw gone;
              }
            });
    try (ExecutorService caller = Executors.newSingleThreadExecutor()) {
      Future<LinkException> link =
          caller.submit(() -> isCancelled(request().input(supplied).build()));
      waits.await();
      cancellation.cancel();
      assertEquals(gone, link.get().getCause().getCause());
    }
  }

  /** An executor that runs nothing has nobody waiting for it. */
  @Test
  void anExecutorThatNeverRuns() {
    LinkRequest.Builder request = request().executor(task -> {}, 4);
    request.set(LinkOption.PROGRESS, pass -> cancelAt("scan relocations", pass));
    isCancelled(request.build());
  }

  private void cancelAt(String at, String pass) {
    if (pass.equals(at)) {
      cancellation.cancel();
    }
  }

  @Test
  void actions() {
    List<String> called = new ArrayList<>();
    cancellation.onCancel(() -> called.add("first"));
    cancellation.onCancel(() -> called.add("closed")).close();
    assertFalse(cancellation.isCancelled());
    cancellation.cancel();
    cancellation.cancel();
    assertTrue(cancellation.isCancelled());
    assertEquals(List.of("first"), called);
    cancellation.onCancel(() -> called.add("late")).close();
    assertEquals(List.of("first", "late"), called);
  }
}
