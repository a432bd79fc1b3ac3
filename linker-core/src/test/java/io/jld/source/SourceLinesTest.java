package io.jld.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.jld.arch.Arch;
import io.jld.asmb.Slice;
import io.jld.input.ObjectFile;
import io.jld.link.LinkException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class SourceLinesTest {
  /** Of it only the addends are asked for: words of 32 bits. */
  private static final Arch ARCH = mock(Arch.class);

  static {
    when(ARCH.implicitAddend(anyInt(), any(), anyLong()))
        .thenAnswer(
            call -> (long) call.getArgument(1, Slice.class).get32(call.getArgument(2, Long.class)));
  }

  private static final int TEXT = 1;
  private static final int HOT = 2;
  private static final int STRINGS = 3;

  private static DebugObject object(boolean is64, LineWriter... units) {
    DebugObject o = new DebugObject(is64);
    o.section(".text", new byte[64]);
    o.section(".text.hot", new byte[64]);
    o.section(".debug_line_str", LineWriter.STRINGS.getBytes(StandardCharsets.UTF_8));
    o.function("main", TEXT, 0, 32);
    o.function("_Z4helpi", TEXT, 40, 8);
    byte[] all = {};
    List<long[]> relocs = new ArrayList<>();
    for (LineWriter unit : units) {
      byte[] b = unit.bytes();
      for (long[] r : unit.relocs) {
        relocs.add(new long[] {r[0] + all.length, r[1], r[2]});
      }
      int at = all.length;
      all = Arrays.copyOf(all, at + b.length);
      System.arraycopy(b, 0, all, at, b.length);
    }
    int lines = o.section(".debug_line", all);
    relocs.forEach(r -> o.relocate(lines, r[0], (int) r[1], r[2]));
    return o;
  }

  private static LineWriter writer(int version, boolean dwarf64, boolean is64) {
    return new LineWriter(version, dwarf64, is64, STRINGS);
  }

  /**
   * Lines 10 to 12 of main.c and 3 of inc/util.h in .text from 4 to 34, and line 90 in .text.hot
   * from 16 to 20.
   */
  private static LineWriter program(LineWriter w) {
    w.setAddress(TEXT, 4).advanceLine(9).copy(); // 4: 10
    w.ops(13 + 14 * 8 + 6); // 12: 11, by a special opcode
    w.ops(4, 2).advanceLine(-8).advancePc(3).copy(); // 15: inc/util.h:3
    w.ops(4, 1).ops(8); // + 17 by const_add_pc
    w.advanceLine(9).copy(); // 32: main.c:12
    w.ops(9, 2, 0).end(); // fixed_advance_pc: 34
    w.setAddress(HOT, 16).advanceLine(63).advanceLine(26).copy().advancePc(4);
    return w.ops(5, 7).ops(12, 1).ops(0, 3, 0x80, 1, 2).end(); // column, isa, one of a vendor
  }

  @ParameterizedTest
  @CsvSource({
    "2, false, true",
    "3, false, true",
    "4, false, true",
    "5, false, true",
    "3, true, true",
    "4, true, true",
    "5, true, true",
    "2, false, false",
    "3, false, false",
    "4, false, false",
    "5, false, false"
  })
  void everyVersion(int version, boolean dwarf64, boolean is64) {
    ObjectFile f = object(is64, program(writer(version, dwarf64, is64))).file();
    SourceLines lines = new SourceLines(ARCH);
    assertNull(lines.at(f, TEXT, 3));
    assertEquals("main.c:10", lines.at(f, TEXT, 4));
    assertEquals("main.c:10", lines.at(f, TEXT, 11));
    assertEquals("main.c:11", lines.at(f, TEXT, 12));
    assertEquals("inc/util.h:3", lines.at(f, TEXT, 15));
    assertEquals("inc/util.h:3", lines.at(f, TEXT, 31));
    assertEquals("main.c:12", lines.at(f, TEXT, 33));
    assertNull(lines.at(f, TEXT, 34));
    assertNull(lines.at(f, HOT, 4));
    assertEquals("main.c:90", lines.at(f, HOT, 19));
    assertNull(lines.at(f, HOT, 20));
    assertNull(lines.at(f, STRINGS, 4));
    assertNull(lines.at(f, 4, -1));
    assertNull(lines.at(f, TEXT, Long.MAX_VALUE));
    assertNull(lines.at(f, TEXT, Long.MIN_VALUE));
  }

  @Test
  void descriptions() {
    ObjectFile f = object(true, program(writer(5, false, true))).file();
    SourceLines lines = new SourceLines(ARCH);
    assertEquals("main.c:10 (function main in t.o:(.text+0x4))", lines.describe(f, TEXT, 4));
    assertEquals("function main in t.o:(.text+0x0)", lines.describe(f, TEXT, 0));
    assertEquals("main.c:12 (t.o:(.text+0x20))", lines.describe(f, TEXT, 32));
    assertEquals("function _Z4helpi in t.o:(.text+0x2f)", lines.describe(f, TEXT, 47));
    assertEquals("t.o:(.text+0x30)", lines.describe(f, TEXT, 48));
    assertEquals("t.o:(.debug_line+0x1)", lines.describe(f, 4, 1));
    assertEquals("main.c:10 (function main)", lines.describeWithin(f, TEXT, 4));
    assertEquals("function main", lines.describeWithin(f, TEXT, 0));
    assertEquals("main.c:12", lines.describeWithin(f, TEXT, 32));
    assertNull(lines.describeWithin(f, TEXT, 48));
  }

  /**
   * What can't be read is left out, and units behind it count: also those of versions that don't
   * exist yet.
   */
  @Test
  void severalUnits() {
    LineWriter odd = program(writer(6, false, true));
    LineWriter unfinished = writer(4, false, true).setAddress(TEXT, 0).copy().advancePc(60);
    LineWriter backwards = writer(4, false, true).setAddress(TEXT, 8).copy();
    backwards.setAddress(TEXT, 0).copy().end();
    LineWriter nowhere = writer(4, false, true).setAddress(0, 8).copy().advancePc(60).end();
    LineWriter good = program(writer(4, false, true));
    ObjectFile f = object(true, odd, unfinished, backwards, nowhere, good).file();
    assertEquals("main.c:10", new SourceLines(ARCH).at(f, TEXT, 4));
    assertNull(new SourceLines(ARCH).at(f, TEXT, 0));
  }

  @Test
  void linesAndFilesThatAreNone() {
    LineWriter w = writer(4, false, true).setAddress(TEXT, 0).ops(4, 9).copy().advancePc(4);
    w.ops(4, 1).advanceLine(-1).copy().advancePc(4).advanceLine(-7).copy().advancePc(4).end();
    ObjectFile f = object(true, w).file();
    for (int at = 0; at < 12; at++) {
      assertNull(new SourceLines(ARCH).at(f, TEXT, at));
    }
  }

  /** Every field of it damaged, and cut at every byte: no exception, no endless loop. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 5})
  void damaged(int version) {
    byte[] good = object(true, program(writer(version, false, true))).bytes();
    Random random = new Random(version);
    for (int i = 0; i < 3_000; i++) {
      byte[] bad = good.clone();
      int n = 1 + random.nextInt(4);
      for (int k = 0; k < n; k++) {
        int at = 64 + random.nextInt(bad.length - 64);
        bad[at] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextBoolean() ? -1 : 0);
      }
      ObjectFile f;
      try {
        f = new ObjectFile("t.o", null, MemorySegment.ofArray(bad));
      } catch (LinkException e) {
        continue; // ObjectFile's own tests
      }
      SourceLines lines = new SourceLines(ARCH);
      for (int section = 1; section <= 4 && section < f.sectionCount(); section++) {
        for (int at = 0; at < 64; at += 7) {
          assertNotNull(lines.describe(f, section, at));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void cutShort(int version) {
    LineWriter w = program(writer(version, false, true));
    byte[] all = w.bytes();
    for (int length = 0; length < all.length; length++) {
      DebugObject o = new DebugObject(true);
      o.section(".text", new byte[64]);
      o.section(".debug_line", Arrays.copyOf(all, length));
      assertNull(new SourceLines(ARCH).at(o.file(), TEXT, 4));
    }
  }

  private static boolean has(String tool) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(dir -> Files.isExecutable(Path.of(dir, tool)));
  }

  private static int section(ObjectFile f, String name) {
    for (int i = 1; i < f.sectionCount(); i++) {
      if (f.isNamed(i, name)) {
        return i;
      }
    }
    throw new AssertionError("no section " + name);
  }

  /** Offset of the first field of a section that is relocated. */
  private static long relocated(ObjectFile f, int section) {
    return f.elf().rOffset(f.rawContent(f.relocSection(section)), 0);
  }

  @ParameterizedTest
  @CsvSource({
    "gcc -gdwarf-2 -gstrict-dwarf",
    "gcc -gdwarf-3",
    "gcc -gdwarf-4",
    "gcc -gdwarf-5",
    "gcc -gdwarf-5 -m32",
    "gcc -gdwarf-4 -m32",
    "gcc -g -gz=zlib",
    "gcc -gdwarf-5 -gdwarf64",
    "gcc -g -O2 -gno-as-loc-support",
    "clang -gdwarf-4",
    "clang -gdwarf-5",
    "clang -g -gz=zlib",
    "clang -g -m32"
  })
  void compilers(String command, @TempDir Path dir) throws IOException, InterruptedException {
    List<String> args = new ArrayList<>(List.of(command.split(" ")));
    assumeTrue(has(args.getFirst()), "there is no " + args.getFirst());
    Files.createDirectory(dir.resolve("sub"));
    Files.writeString(dir.resolve("sub/u.h"), "static int h(void) {\n  return gone(\n    1);\n}\n");
    Files.writeString(
        dir.resolve("sub/u.c"),
        "int gone(int);\n"
            + "#include \"u.h\"\n"
            + "int g(void) {\n"
            + "  int i = 2;\n"
            + "  return\n"
            + "    gone(i) + h();\n"
            + "}\n");
    args.addAll(List.of("-c", "-fno-pic", "-ffunction-sections", "sub/u.c", "-o", "u.o"));
    Process p = new ProcessBuilder(args).directory(dir.toFile()).redirectErrorStream(true).start();
    byte[] said = p.getInputStream().readAllBytes();
    assumeTrue(p.waitFor() == 0, command + ": " + new String(said, StandardCharsets.UTF_8));
    byte[] bytes = Files.readAllBytes(dir.resolve("u.o"));
    ObjectFile f = new ObjectFile("u.o", null, MemorySegment.ofArray(bytes));
    SourceLines lines = new SourceLines(ARCH);
    int g = section(f, ".text.g");
    long at = relocated(f, g);
    assertEquals(
        "sub/u.c:6 (function g in u.o:(.text.g+0x" + Long.toHexString(at) + "))",
        lines.describe(f, g, at).replace(dir + "/", ""));
    if (!command.contains("-O2")) {
      int h = section(f, ".text.h");
      String line = lines.at(f, h, relocated(f, h));
      assertEquals("sub/u.h:2", line.replace(dir + "/", "").replace("./", ""));
    }
  }
}
