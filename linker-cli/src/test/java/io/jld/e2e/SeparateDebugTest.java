package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --separate-debug-file}: the program runs, and debuggers find what belongs to it. */
class SeparateDebugTest {
  private static final int NOBITS = 8;
  private static final int NOTE = 7;
  private static final int ALLOC = 2;

  @TempDir Path dir;

  private static final String SOURCE =
      """
      #include <stdio.h>
      int depth;
      __attribute__((noinline)) int work(int n) { depth += n; return n * 3; }
      int main(void) { printf("%d\\n", work(14)); return 0; }
      """;

  @ParameterizedTest
  @EnumSource
  void twoFiles(Target target) throws Exception {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("p", SOURCE, "-g", "-fPIC");
    for (String kind : List.of("-static", "-pie", "-shared")) {
      ElfImage whole = w.gcc(kind, o).elf();
      Linked x = w.gcc(kind, o, "-Wl,--separate-debug-file").silent();
      Path file = Path.of(x.output() + ".dbg");
      ElfImage debug = ElfImage.read(file);
      if (!kind.equals("-shared")) {
        assertEquals("42\n", x.run().out(), x::toString);
      }
      assertStripped(whole, x.elf());
      assertLinked(x.elf(), file);
      assertArrayEquals(x.elf().content(".note.gnu.build-id"), debug.content(".note.gnu.build-id"));
      assertEquals(whole.symbol("work").value(), debug.symbol("work").value());
      for (int i = 0; i < whole.sections.size(); i++) { // symbols name sections by number
        ElfImage.Section a = whole.sections.get(i);
        ElfImage.Section b = debug.sections.get(i);
        assertEquals(a.name(), b.name());
        assertEquals(a.addr(), b.addr());
        boolean loaded = (a.flags() & ALLOC) != 0 && a.type() != NOTE;
        assertEquals(loaded ? NOBITS : a.type(), b.type(), a.name());
        if (a.name().startsWith(".debug")) {
          assertArrayEquals(whole.content(a), debug.content(b));
        }
      }
      if (Tools.has("eu-unstrip")) {
        Path again = dir.resolve("again");
        Proc.run(dir, List.of("eu-unstrip", x.output().toString(), file + "", "-o", again + ""))
            .ok();
        assertEquals(debug.symbols().size(), ElfImage.read(again).symbols().size());
      }
    }
  }

  /** All that is loaded is where it would be, and all else is gone. */
  private static void assertStripped(ElfImage whole, ElfImage stripped) {
    for (ElfImage.Section s : stripped.sections) {
      assertFalse(s.name().startsWith(".debug") || s.name().equals(".symtab"), s::toString);
    }
    for (ElfImage.Section s : whole.sections) {
      if ((s.flags() & ALLOC) != 0) {
        assertEquals(s.offset(), stripped.section(s.name()).offset());
        assertEquals(s.size(), stripped.section(s.name()).size());
      }
    }
    assertArrayEquals(whole.content(".text"), stripped.content(".text"));
    assertArrayEquals(whole.content(".comment"), stripped.content(".comment"));
    assertEquals(whole.segments, stripped.segments);
  }

  private static void assertLinked(ElfImage stripped, Path debug) throws Exception {
    ByteBuffer link =
        ByteBuffer.wrap(stripped.content(".gnu_debuglink")).order(ByteOrder.LITTLE_ENDIAN);
    byte[] name = debug.getFileName().toString().getBytes(StandardCharsets.UTF_8);
    byte[] start = new byte[name.length];
    link.get(start);
    assertArrayEquals(name, start);
    assertEquals(0, link.get());
    CRC32 crc = new CRC32();
    crc.update(Files.readAllBytes(debug));
    assertEquals((int) crc.getValue(), link.getInt(link.limit() - 4));
  }

  /** Relocations that are kept belong to the symbol table, and go with it. */
  @ParameterizedTest
  @EnumSource
  void withOtherOptions(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("p", SOURCE.replace("int main", "int _start"), "-g", "-fPIC");
    Path named = dir.resolve("named");
    Object[] link = {"-m", target.emulation, "--unresolved-symbols=ignore-all", "-q", o};
    ElfImage elf = w.jld(link, "--separate-debug-file=" + named).silent().elf();
    ElfImage debug = ElfImage.read(named);
    String rel = (target == Target.AMD64 ? ".rela" : ".rel") + ".text";
    assertFalse(elf.hasSection(rel));
    assertTrue(!debug.relocs(rel).isEmpty());
    Linked none = w.jld(link, "--separate-debug-file", "--no-separate-debug-file").silent();
    assertTrue(none.elf().hasSection(".debug_info"));
    assertFalse(Files.exists(Path.of(none.output() + ".dbg")));
    w.jld(link, "-r", "--separate-debug-file").failed("for programs and libraries only");
    Linked failed = w.jld("-m", target.emulation, "--separate-debug-file", o).failed("printf");
    assertFalse(Files.exists(Path.of(failed.output() + ".dbg")));
    Object[] plain = {"-m", target.emulation, "--unresolved-symbols=ignore-all", o};
    w.jld(plain, "-z", "nosectionheader", "--separate-debug-file=" + dir.resolve("no"))
        .failed("needs an output with section headers");
    assertFalse(Files.exists(dir.resolve("no")));
  }
}
