package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --gc-sections}: what stays is what GNU ld keeps. */
class GarbageTest {
  @TempDir Path dir;

  private static final String SOURCE =
      """
      #include <stdio.h>
      #define KEEP __attribute__((used, retain))
      int g_used(void) { return 1; }
      int g_unused(void) { return 2; }
      int g_only_from_unused(void) { return g_unused(); }
      int g_cycle_b(void);
      int g_cycle_a(int n) { return n ? g_cycle_b() : 0; }
      int g_cycle_b(void) { return g_cycle_a(1); }
      static int g_callback(void) { return g_used(); }
      int (*g_table[])(void) = {g_callback};
      int g_data_unused[4] = {1};
      const char g_rodata_unused[] = "never read";
      __attribute__((constructor)) static void g_constructor(void) { puts("constructed"); }
      KEEP void g_retained(void) {}
      __attribute__((section("set_x"), used)) static int g_in_set = 5;
      __attribute__((section("set_y"), used)) static int g_in_other_set = 6;
      extern int __start_set_x[], __stop_set_x[];
      __attribute__((weak)) int g_weak(void) { return 0; }
      int g_asked_for(void) { return g_used() + 7; }
      int main(void) { printf("%d %d\\n", g_table[0](), (int)(__stop_set_x - __start_set_x)); return 0; }
      """;

  private static Set<String> names(ElfImage elf) {
    return elf.symbols().stream()
        .map(ElfImage.Symbol::name)
        .filter(n -> n.startsWith("g_"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @EnumSource
  void keepsWhatGnuLdKeeps(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    for (String code : new String[] {"-fno-pie", "-fPIC"}) {
      Path o = w.c("gc", SOURCE, "-ffunction-sections", "-fdata-sections", "-g", "-O0", code);
      for (Object[] options :
          new Object[][] {{"-static"}, {"-static-pie"}, {"-static", "-Wl,-u,g_asked_for"}}) {
        if (code.equals("-fno-pie") && options[0].equals("-static-pie")) {
          continue;
        }
        Linked x = w.sameAsLd("gcc", options, "-Wl,--gc-sections", o).silent();
        Set<String> expected =
            names(w.ld(w.commandLine("gcc", options, "-Wl,--gc-sections", o)).elf());
        assertEquals(expected, names(x.elf()), x::toString);
      }
      Linked all = w.gcc("-static", o);
      Linked few = w.gcc("-static", "-Wl,--gc-sections", o);
      assertTrue(names(all.elf()).contains("g_cycle_a"));
      assertFalse(names(few.elf()).contains("g_cycle_a"));
      assertTrue(few.elf().bytes.length < all.elf().bytes.length);
    }
  }

  /**
   * With {@code -z start-stop-gc} a reference to the start of a set does not keep the set; GNU ld
   * 2.40 then fails.
   */
  @ParameterizedTest
  @EnumSource
  void startStopGc(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("gc", SOURCE, "-ffunction-sections", "-fdata-sections");
    Linked x = w.gcc("-static", "-Wl,--gc-sections,-z,start-stop-gc", o).silent();
    assertEquals("constructed\n1 0\n", x.run().out());
    assertFalse(x.elf().hasSymbol("g_in_set"));
  }

  /** All sections of the C library too. */
  @ParameterizedTest
  @EnumSource
  void sectionsOfTheLibrary(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("hello", "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }");
    Linked x = w.sameAsLd("gcc", "-static", "-Wl,--gc-sections", o).silent();
    ElfImage expected = w.ld(w.commandLine("gcc", "-static", "-Wl,--gc-sections", o)).elf();
    for (ElfImage.Symbol s : x.elf().symbols()) {
      if (s.type() == 2) {
        assertTrue(expected.hasSymbol(s.name()), () -> "kept without need: " + s);
      }
    }
    for (ElfImage.Symbol s : expected.symbols()) {
      if (s.type() == 2) {
        assertTrue(x.elf().hasSymbol(s.name()), () -> "collected: " + s);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void print(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("gc", SOURCE, "-ffunction-sections", "-fdata-sections");
    Linked x = w.gcc("-static", "-Wl,--gc-sections,--print-gc-sections", o);
    String said = x.ok().out() + x.err();
    assertTrue(
        said.contains("removing unused section '.text.g_unused' in file '" + o + "'"), x::toString);
    assertTrue(said.contains("'.data.g_data_unused'"), x::toString);
    assertFalse(said.contains("'.text.g_used'"), x::toString);
    Linked gnu = w.ld(w.commandLine("gcc", "-static", "-Wl,--gc-sections,--print-gc-sections", o));
    Set<String> expected = removed(gnu.err(), o);
    assertFalse(expected.isEmpty());
    assertEquals(expected, removed(said, o));
    w.gcc("-static", "-Wl,--gc-sections,--no-gc-sections,--print-gc-sections", o).silent();
  }

  /** The sections of one object, the empty ones that compilers always make left out. */
  private static Set<String> removed(String text, Path object) {
    return text.lines()
        .filter(l -> l.contains("in file '" + object))
        .map(l -> l.substring(l.indexOf('\''), l.indexOf("' in")))
        .filter(s -> s.matches("'\\.\\w+\\.[^\\[]*"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Debug information, notes and what else is not loaded stay; frames go with their functions. */
  @ParameterizedTest
  @EnumSource
  void framesGoWithTheirFunctions(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "frames",
            "int f1(void) { return 1; } int f2(void) { return 2; } int f3(void) { return 3; } int"
                + " _start(void) { return f2(); }",
            "-ffunction-sections",
            "-fasynchronous-unwind-tables",
            "-fno-pie",
            "-g");
    ElfImage all = w.jld("--eh-frame-hdr", o).silent().elf();
    ElfImage few = w.jld("--eh-frame-hdr", "--gc-sections", o).silent().elf();
    assertTrue(few.section(".eh_frame").size() < all.section(".eh_frame").size());
    // version, three encodings, pointer to .eh_frame, then the number of functions
    assertEquals(4, ByteBuffers.u32(all.content(".eh_frame_hdr"), 8));
    assertEquals(2, ByteBuffers.u32(few.content(".eh_frame_hdr"), 8));
    assertTrue(few.hasSection(".debug_info") && few.hasSection(".comment"));
  }
}
