package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real objects and libraries with a few bytes changed, or cut short: each link either succeeds or
 * says what is wrong, and nothing but {@link LinkException} comes out. The changes are the same in
 * every run.
 */
class HostileInputTest {
  private static final int ROUNDS = 1200;

  private static final String CXX =
      """
      struct Base { virtual int f(int); virtual ~Base(); };
      thread_local int counted = 4;
      int common;
      const char *words[] = {"abc", "def", "abc"};
      inline int once(int x) { static int sum; return sum += x; }
      int Base::f(int x) { try { if (x) throw x; return once(x); } catch (int y) { return y + counted; } }
      Base::~Base() {}
      extern "C" void _start() { Base b; b.f(words[1][0]); }
      """;

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void objects(Target target) throws IOException {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    byte[] first =
        Files.readAllBytes(w.cxx("first", CXX, "-g", "-O1", "-ffunction-sections", "-fPIC"));
    byte[] second = Files.readAllBytes(w.cxx("second", "int other() { return 1; }", "-g"));
    int failed = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      failed += link(random, List.of(changed(first, random), second), seed) ? 0 : 1;
    }
    assertNotEquals(0, failed, "no change was noticed");
    assertTrue(failed < ROUNDS, "each link failed: the test looks at nothing");
  }

  @ParameterizedTest
  @EnumSource
  void libraries(Target target) throws IOException {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    Path object =
        w.c("lib", "int data = 1; __thread int tls; int function(void) { return data; }", "-fPIC");
    Path library = dir.resolve("lib.so");
    Proc.run(
            dir,
            List.of(
                "gcc",
                target.flag,
                "-nostdlib",
                "-shared",
                object.toString(),
                "-o",
                library.toString()))
        .ok();
    byte[] user =
        Files.readAllBytes(
            w.c(
                "user",
                "extern int data; int function(void); int _start(void) { return data + function();"
                    + " }",
                "-fno-pic"));
    byte[] bytes = Files.readAllBytes(library);
    int failed = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      failed += link(random, List.of(user, changed(bytes, random)), seed) ? 0 : 1;
    }
    assertNotEquals(0, failed, "no change was noticed");
    assertTrue(failed < ROUNDS, "each link failed: the test looks at nothing");
  }

  /** Changes up to four places, most of them in the headers at the file's two ends. */
  private static byte[] changed(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      int at =
          switch (random.nextInt(3)) {
            case 0 -> random.nextInt(64);
            case 1 -> bytes.length - 1 - random.nextInt(Math.min(bytes.length, 2600));
            default -> random.nextInt(bytes.length);
          };
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) 0xff;
        case 1 -> bytes[at] = 0;
        case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 3), (byte) 0xff);
      }
    }
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  /** Whether the link succeeds. */
  private static boolean link(Random random, List<byte[]> inputs, int seed) {
    LinkRequest.Builder request =
        LinkRequest.builder()
            .output(OutputSink.memory())
            .threads(1)
            .set(LinkOption.GC_SECTIONS, random.nextBoolean())
            .set(LinkOption.EH_FRAME_HDR, true)
            .set(LinkOption.UNRESOLVED, LinkOption.Unresolved.IGNORE_ALL)
            .set(LinkOption.OUTPUT_KIND, OutputKind.values()[random.nextInt(3)]);
    for (int i = 0; i < inputs.size(); i++) {
      request.input(InputSource.memory("input" + i, inputs.get(i)));
    }
    try {
      Linker.link(request.build());
      return true;
    } catch (LinkException e) {
      assertNull(e.getCause(), () -> "seed " + seed + ": " + e.getMessage());
      return false;
    }
  }
}
