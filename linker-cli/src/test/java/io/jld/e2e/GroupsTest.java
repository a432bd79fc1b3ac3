package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What belongs to a section or a group, and comes and goes with it. */
class GroupsTest {
  @TempDir Path dir;

  private Path assemble(Workbench w, String name, String source) {
    return w.asm(name, source);
  }

  /** What is ordered by a copy of a COMDAT group that lost goes with it, loaded or not. */
  @ParameterizedTest
  @EnumSource
  void orderedByWhatLost(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String source =
        """
        .globl _start
        .weak _start
        _start: ret
        .section .text.d,"axG",@progbits,d,comdat
        .weak d
        d: ret
        .section meta,"ao",@progbits,.text.d
        .long .text.d
        .section of_meta,"ao",@progbits,meta
        .long 1
        .section unloaded,"o",@progbits,.text.d
        .long 2
        """;
    Path a = assemble(w, "one", source);
    Path b = assemble(w, "two", source);
    for (String gc : new String[] {"--no-gc-sections", "--gc-sections"}) {
      ElfImage x = w.jld(gc, "-u", "d", a, b).silent().elf();
      for (String s : new String[] {"meta", "of_meta", "unloaded"}) {
        assertEquals(4, x.section(s).size(), s + " " + gc);
      }
    }
    ElfImage none = w.jld("--gc-sections", a, b).silent().elf();
    for (String s : new String[] {"meta", "of_meta", "unloaded"}) {
      assertFalse(none.hasSection(s), s);
    }
  }

  /** One member of a group that is reached keeps the others. */
  @ParameterizedTest
  @EnumSource
  void groupsAreKeptAsAWhole(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        assemble(
            w,
            "groups",
            """
            .globl _start
            _start: call f
            .section first,"aG",@progbits,f,comdat
            .long 1
            .section .text.f,"axG",@progbits,f,comdat
            .globl f
            f: ret
            .section last,"aG",@progbits,f,comdat
            .long reached
            .section by_last,"a",@progbits
            reached: .long 1
            .section .text.g,"axG",@progbits,g,comdat
            .globl g
            g: ret
            .section collected,"aG",@progbits,g,comdat
            .long 1
            """);
    ElfImage x = w.jld("--gc-sections", o).silent().elf();
    assertTrue(x.hasSection("first") && x.hasSection("last") && x.hasSection("by_last"));
    assertFalse(x.hasSection("collected") || x.hasSymbol("g"));
  }

  /** The ID that an input has from {@code ld -r} is not the output's. */
  @ParameterizedTest
  @EnumSource
  void oneBuildId(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = assemble(w, "id", ".globl _start\n_start: ret\n");
    Path once = w.jld("-r", "--build-id=0x11223344", o).output();
    Path r = w.jld("-r", "--build-id=0xaabbccdd", once).output();
    assertEquals(
        20, w.jld("--build-id=0x55667788", r).silent().elf().section(".note.gnu.build-id").size());
    assertEquals(
        20, w.jld("--build-id=none", r).silent().elf().section(".note.gnu.build-id").size());
  }

  @ParameterizedTest
  @EnumSource
  void nothingToCompress(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = assemble(w, "id", ".globl _start\n_start: ret\n");
    w.jld("--compress-debug-sections=zlib", "-s", o).silent();
    w.jld("--compress-debug-sections=zlib", o).silent();
  }
}
