package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bytes of the output depend on the inputs and options, and on nothing else; each byte has a
 * writer.
 */
class DeterminismTest {
  @TempDir Path dir;

  private static final String SOURCE =
      """
      #include <iostream>
      #include <stdexcept>
      #include <string>
      #include <vector>
      thread_local int counter = 3;
      int common_1[20], common_2;
      static int f(int n) { if (n > 4) throw std::runtime_error("deep"); return f(n + 1) + counter; }
      int main(int argc, char **argv) {
        std::vector<std::string> v(argv, argv + argc);
        try { f(0); } catch (std::exception &e) { std::cout << e.what() << v.size() << common_1[3] << std::endl; }
      }
      """;

  private List<String> commandLine(Workbench w, String mode) {
    Tools.needCxx(w.target);
    return w.commandLine("g++", mode, "-Wl,--build-id=sha1", w.cxx("all", SOURCE, "-g", "-fPIC"));
  }

  @ParameterizedTest
  @CsvSource({"AMD64,-static", "AMD64,-static-pie", "X86,-static", "X86,-static-pie"})
  void threads(Target target, String mode) throws IOException {
    Workbench w = new Workbench(dir, target);
    List<String> line = commandLine(w, mode);
    byte[] expected = Files.readAllBytes(w.jld("--threads=1", line).ok().output());
    assertTrue(expected.length > 1 << 20, "more than one block: " + expected.length);
    for (int n : new int[] {2, 3, 8, 2}) {
      Linked x = w.jld("--threads=" + n, line).silent().ok();
      assertArrayEquals(expected, Files.readAllBytes(x.output()), "--threads=" + n);
    }
    assertArrayEquals(expected, Files.readAllBytes(w.jld("--no-threads", line).ok().output()));
    byte[] collected =
        Files.readAllBytes(w.jld("--threads=1", "--gc-sections", line).ok().output());
    assertTrue(collected.length < expected.length);
    assertArrayEquals(
        collected, Files.readAllBytes(w.jld("--threads=8", "--gc-sections", line).ok().output()));
  }

  /** In memory, to a new file, over an older and longer one, and to a pipe: always the same. */
  @ParameterizedTest
  @EnumSource
  void outputs(Target target) throws Exception {
    Workbench w = new Workbench(dir, target);
    LinkRequest.Builder request = Requests.of(target, commandLine(w, "-static"));
    Path file = dir.resolve("file");
    LinkResult toFile = Linker.link(request.output(OutputSink.path(file)).build());
    byte[] expected = Files.readAllBytes(file);
    assertEquals(expected.length, toFile.size());
    LinkResult inMemory = Linker.link(request.output(OutputSink.memory()).build());
    assertArrayEquals(expected, inMemory.bytes().toArray(ValueLayout.JAVA_BYTE));
    byte[] noise = new byte[expected.length * 2];
    new Random(3).nextBytes(noise);
    Files.write(file, noise);
    Linker.link(request.output(OutputSink.path(file)).build());
    assertArrayEquals(expected, Files.readAllBytes(file));

    Path pipe = dir.resolve("pipe");
    Tools.need("mkfifo");
    Proc.run(dir, List.of("mkfifo", pipe.toString())).ok();
    try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
      Future<byte[]> read = reader.submit(() -> Files.readAllBytes(pipe));
      Linker.link(request.output(OutputSink.path(pipe)).build());
      assertArrayEquals(expected, read.get());
    }
  }

  /** Every byte has exactly one writer: what the output held before asmb is nowhere in it. */
  @ParameterizedTest
  @CsvSource({"AMD64,-static", "AMD64,-static-pie", "X86,-static", "X86,-static-pie"})
  void randomFill(Target target, String mode) throws IOException {
    Workbench w = new Workbench(dir, target);
    LinkRequest.Builder request = Requests.of(target, commandLine(w, mode));
    LinkResult plain = Linker.link(request.output(OutputSink.memory()).build());
    byte[] expected = plain.bytes().toArray(ValueLayout.JAVA_BYTE);
    Arch real = Arches.installed().byName(target.arch).orElseThrow();
    for (int seed = 0; seed < 2; seed++) {
      Filling filling = new Filling(real, seed);
      request.arches(new Arches(List.of(filling.arch)));
      LinkResult inMemory = Linker.link(request.output(OutputSink.memory()).build());
      assertEquals(expected.length, filling.filled);
      assertArrayEquals(expected, inMemory.bytes().toArray(ValueLayout.JAVA_BYTE));
      Path file = dir.resolve("file" + seed);
      Linker.link(request.output(OutputSink.path(file)).build());
      assertArrayEquals(expected, Files.readAllBytes(file));
    }
    request.set(LinkOption.RELRO, false).set(LinkOption.SEPARATE_CODE, false);
    byte[] other =
        Linker.link(request.arches(Arches.installed()).output(OutputSink.memory()).build())
            .bytes()
            .toArray(ValueLayout.JAVA_BYTE);
    request.arches(new Arches(List.of(new Filling(real, 7).arch)));
    assertArrayEquals(other, Linker.link(request.build()).bytes().toArray(ValueLayout.JAVA_BYTE));
  }

  /** An architecture that sets the output to noise before it writes; all else is the real one's. */
  private static final class Filling {
    final Arch arch;
    long filled;

    Filling(Arch real, int seed) {
      arch =
          (Arch)
              Proxy.newProxyInstance(
                  Arch.class.getClassLoader(),
                  new Class<?>[] {Arch.class},
                  (proxy, method, args) -> {
                    if (method.getName().equals("asmb")) {
                      fill(((Link) args[0]).out(), new Random(seed));
                    }
                    try {
                      return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
    }

    private void fill(OutBuf out, Random random) {
      filled = out.size();
      out.seekSet(0);
      for (long at = 0; at < filled; at += 1 << 16) {
        byte[] noise = new byte[(int) Math.min(1 << 16, filled - at)];
        random.nextBytes(noise);
        out.write(noise);
      }
      out.seekSet(0);
    }
  }

  /** Links at the same time in one JVM don't know of each other. */
  @ParameterizedTest
  @EnumSource
  void linksAtOnce(Target target) throws Exception {
    Workbench w = new Workbench(dir, target);
    LinkRequest request =
        Requests.of(target, commandLine(w, "-static"))
            .output(OutputSink.memory())
            .threads(3)
            .build();
    byte[] expected = Linker.link(request).bytes().toArray(ValueLayout.JAVA_BYTE);
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Callable<LinkResult>> links = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        links.add(() -> Linker.link(request));
      }
      for (Future<LinkResult> r : pool.invokeAll(links)) {
        assertArrayEquals(expected, r.get().bytes().toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }

  /** The caller's own threads, fewer of them than the link asks for. */
  @ParameterizedTest
  @EnumSource
  void executorOfTheCaller(Target target) {
    Workbench w = new Workbench(dir, target);
    LinkRequest.Builder request =
        Requests.of(target, commandLine(w, "-static")).output(OutputSink.memory());
    byte[] expected = Linker.link(request.build()).bytes().toArray(ValueLayout.JAVA_BYTE);
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      LinkRequest own = request.executor(pool, 4).build();
      assertArrayEquals(expected, Linker.link(own).bytes().toArray(ValueLayout.JAVA_BYTE));
    }
    LinkRequest direct = request.executor(Runnable::run, 2).build();
    assertArrayEquals(expected, Linker.link(direct).bytes().toArray(ValueLayout.JAVA_BYTE));
  }
}
