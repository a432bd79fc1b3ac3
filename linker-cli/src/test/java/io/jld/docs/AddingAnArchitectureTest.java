package io.jld.docs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what docs/adding-an-architecture.md says, in a distribution made of this build's classes.
 */
@Timeout(600)
class AddingAnArchitectureTest {
  private static final Path SOURCE = Path.of("src/test/java/io/jld/docs/Aarch64.java");
  private static final Path DOC = Path.of("../docs/adding-an-architecture.md");

  private static final String HELLO =
      """
      static const char text[] = "Hello from AArch64\\n";
      extern int counter, weak __attribute__((weak));
      extern void leave(int);
      int *pointer = &counter;
      int counter = 41;
      static long call(long nr, long a, long b, long c) {
        register long x8 __asm__("x8") = nr;
        register long x0 __asm__("x0") = a;
        register long x1 __asm__("x1") = b;
        register long x2 __asm__("x2") = c;
        __asm__ volatile("svc 0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x8) : "memory");
        return x0;
      }
      void leave(int status) { call(93, status, 0, 0); }
      void _start(void) {
        call(64, 1, (long)text, sizeof text - 1);
        counter++;
        if (&weak) counter++;
        leave(*pointer - 42);
      }
      """;

  @TempDir Path home;

  private Distribution distribution;

  private Distribution.Said run(String... command) throws IOException, InterruptedException {
    return distribution.run(command);
  }

  @BeforeEach
  void distribution() throws Exception {
    assumeTrue(File.separatorChar == '/', "the launcher is a shell script");
    distribution = Distribution.make(home);
  }

  private static String stripped(String code) {
    return code.replaceAll("(?m)^ +", "");
  }

  private static String commands() throws IOException {
    String doc = Files.readString(DOC);
    int from = doc.indexOf("```sh\n") + 6;
    return doc.substring(from, doc.indexOf("```", from));
  }

  /** The tutorial's architecture, those of the examples, and how amd64 is tested. */
  private static String shown() throws IOException {
    StringBuilder all = new StringBuilder(Files.readString(SOURCE));
    List<Path> dirs = new ArrayList<>();
    for (String example : List.of("linker-riscv64", "linker-aarch64")) {
      dirs.add(DOC.resolveSibling("examples").resolve(example).resolve("src"));
    }
    dirs.add(DOC.resolve("../../linker-amd64/src/test").normalize());
    for (Path dir : dirs) {
      try (Stream<Path> files = Files.walk(dir)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          all.append('\n').append(Files.readString(file));
        }
      }
    }
    return all.toString();
  }

  @Test
  void theDocumentShowsWhatIsThere() throws IOException {
    String source = stripped(shown());
    String[] parts = Files.readString(DOC).split("(?m)^```java\n");
    assertTrue(parts.length > 4);
    for (String part : List.of(parts).subList(1, parts.length)) {
      String code = stripped(part.substring(0, part.indexOf("```")));
      assertTrue(source.contains(code), "nowhere:\n" + code);
    }
  }

  /** All but the link, which needs an object. */
  @Test
  void theJarIsFound() throws Exception {
    Distribution.Said before = run("bin/jld", "--arch", "aarch64", "-o", "hello", "hello.o");
    assertNotEquals(0, before.status());
    assertTrue(before.text().contains("unknown architecture 'aarch64'"), before.text());
    Files.copy(SOURCE, home.resolve("Aarch64.java"));
    String commands = commands();
    Distribution.Said made = run("sh", "-euc", commands.substring(0, commands.indexOf("bin/jld")));
    assertEquals(0, made.status(), made.text());
    Distribution.Said help = run("bin/jld", "--help");
    assertTrue(help.text().contains("aarch64"), help.text());
    Distribution.Said after = run("bin/jld", "--arch", "aarch64", "-o", "hello", "hello.o");
    assertTrue(after.text().contains("hello.o"), after.text());
  }

  private static boolean has(String tool) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(dir -> Files.isExecutable(Path.of(dir, tool)));
  }

  @Test
  void theExampleLinks() throws Exception {
    assumeTrue(has("clang"), "there is no clang");
    Files.writeString(home.resolve("hello.c"), HELLO);
    Distribution.Said compiled =
        run("clang", "--target=aarch64-linux-gnu", "-g", "-O1", "-ffreestanding", "-c", "hello.c");
    assumeTrue(compiled.status() == 0, compiled.text());
    Files.copy(SOURCE, home.resolve("Aarch64.java"));
    Distribution.Said linked = run("sh", "-euc", commands());
    assertEquals(new Distribution.Said(0, ""), linked);
    if (has("qemu-aarch64")) {
      assertEquals(
          new Distribution.Said(0, "Hello from AArch64\n"), run("qemu-aarch64", "./hello"));
    }
    Distribution.Said wrong = run("bin/jld", "--arch", "amd64", "-o", "hello", "hello.o");
    assertTrue(wrong.text().contains("aarch64"), wrong.text());
    byte[] code = sameAddresses("bin/jld");
    assertTrue(code.length > 0);
    if (has("ld.lld")) {
      assertArrayEquals(sameAddresses("ld.lld"), code, "code as lld links it");
    }
  }

  private static final String IFUNC =
      """
      static int f(void) { return 1; }
      static int (*find(void))(void) { return f; }
      int g(void) __attribute__((ifunc("find")));
      int (*pointer)(void) = g;
      void _start(void) { pointer(); }
      """;

  private String compile(String name, String... options) throws Exception {
    Files.writeString(home.resolve(name + ".c"), IFUNC);
    List<String> command =
        new ArrayList<>(
            List.of("clang", "--target=aarch64-linux-gnu", "-O1", "-ffreestanding", "-c"));
    command.addAll(List.of(options));
    command.addAll(List.of("-o", name + ".o", name + ".c"));
    Distribution.Said compiled = run(command.toArray(String[]::new));
    assumeTrue(compiled.status() == 0, compiled.text());
    return name + ".o";
  }

  /** What the property note of an output says of FEATURE_1_AND, and the first word of its PLT. */
  private String bti() throws IOException {
    byte[] file = Files.readAllBytes(home.resolve("out"));
    byte[] plt = section(file, ".plt");
    String start = HexFormat.of().formatHex(Arrays.copyOf(plt, 4));
    try {
      return section(file, ".note.gnu.property")[24] + " " + start;
    } catch (AssertionError e) {
      return "none " + start;
    }
  }

  @Test
  void theExamplesPropertiesAreMerged() throws Exception {
    assumeTrue(has("clang"), "there is no clang");
    Files.copy(SOURCE, home.resolve("Aarch64.java"));
    String commands = commands();
    run("sh", "-euc", commands.substring(0, commands.indexOf("bin/jld")));
    String plain = compile("plain");
    String fit = compile("fit", "-mbranch-protection=bti");
    String both = compile("both", "-mbranch-protection=standard");
    assertEquals(new Distribution.Said(0, ""), run("bin/jld", "-o", "out", fit));
    assertEquals("1 5f2403d5", bti());
    assertEquals(new Distribution.Said(0, ""), run("bin/jld", "-o", "out", both));
    assertEquals("3 5f2403d5", bti());
    Distribution.Said said = run("bin/jld", "-z", "bti-report=warning", "-o", "out", plain);
    assertTrue(said.text().contains("plain.o: missing BTI property"), said.text());
    assertFalse(bti().startsWith("1") || bti().endsWith("5f2403d5"), bti());
    assertEquals(
        new Distribution.Said(0, ""), run("bin/jld", "-z", "force-bti", "-o", "out", plain));
    assertEquals("1 5f2403d5", bti());
    said = run("bin/jld", "-z", "force-ibt", "-o", "out", plain);
    assertTrue(said.text().contains("unknown -z option ignored: force-ibt"), said.text());
  }

  /** The content of .text where sections stand at given addresses. */
  private byte[] sameAddresses(String linker) throws Exception {
    List<String> command = new ArrayList<>(List.of(linker, "-m", "aarch64linux", "--no-relax"));
    for (String s :
        List.of(".rodata=0x500000", ".text=0x612340", ".got=0x7fff80", ".data=0x800010")) {
      command.add("--section-start=" + s);
    }
    command.addAll(List.of("-o", "out", "hello.o"));
    Distribution.Said linked = run(command.toArray(String[]::new));
    assertEquals(0, linked.status(), linked.text());
    return section(Files.readAllBytes(home.resolve("out")), ".text");
  }

  private static byte[] section(byte[] file, String name) {
    MemorySegment s = MemorySegment.ofArray(file);
    ValueLayout.OfLong u64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    ValueLayout.OfInt u32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    long headers = s.get(u64, 40);
    int count = s.get(ValueLayout.JAVA_SHORT_UNALIGNED, 60);
    long names = s.get(u64, headers + 64L * s.get(ValueLayout.JAVA_SHORT_UNALIGNED, 62) + 24);
    for (int i = 1; i < count; i++) {
      long h = headers + 64L * i;
      if (s.getString(names + s.get(u32, h)).equals(name)) {
        return s.asSlice(s.get(u64, h + 24), s.get(u64, h + 32)).toArray(ValueLayout.JAVA_BYTE);
      }
    }
    throw new AssertionError("no section " + name);
  }
}
