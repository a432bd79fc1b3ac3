package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * More sections than sixteen bits count (gABI, {@code SHN_XINDEX}), in an object and in the output.
 */
class ManySectionsTest {
  private static final int COUNT = 70_000;

  @TempDir Path dir;

  /**
   * Each section has a function that adds one to a number, and a symbol: the last ones are called.
   */
  private static String source(Target target, String name) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < COUNT; i++) {
      s.append(".section ").append(name).append(i).append(",\"ax\",@progbits\n");
      s.append("f")
          .append(i)
          .append(": lea 1(%")
          .append(target == Target.AMD64 ? "r" : "e")
          .append("di), %edi\n ret\n");
    }
    s.append(".globl _start\n.text\n_start: mov $7, %edi\n");
    for (int i : new int[] {0, 1, 65_279, 65_280, 65_535, 65_536, COUNT - 1}) {
      s.append(" call f").append(i).append('\n');
    }
    s.append(
        target == Target.AMD64
            ? " mov $60, %eax\n syscall\n"
            : " mov %edi, %ebx\n mov $1, %eax\n int $0x80\n");
    return s.append(".section .note.GNU-stack,\"\",@progbits\n").toString();
  }

  @ParameterizedTest
  @EnumSource
  void inAnObject(Target target) {
    Tools.need("gcc", "ld");
    Workbench w = new Workbench(dir, target);
    Path o = w.asm("many", source(target, ".text.f"));
    assertTrue(ElfImage.read(o).sections.size() > COUNT);
    Linked x = w.jld(o).silent();
    assertEquals(14, x.run().status());
    assertTrue(x.elf().sections.size() < 20);
    Linked gc = w.jld("--gc-sections", o).silent();
    assertEquals(14, gc.run().status());
    assertEquals(
        8, gc.elf().symbols().stream().filter(s -> s.name().matches("f\\d+|_start")).count());
  }

  /** Where e_phnum is too short, the null section's header has the number. */
  @ParameterizedTest
  @EnumSource
  void programHeaders(Target target) {
    Tools.need("gcc", "readelf");
    Workbench w = new Workbench(dir, target);
    Path o = w.asm("few", ".globl _start\n_start: ret\n.section .note.GNU-stack,\"\",@progbits\n");
    StringBuilder s = new StringBuilder("PHDRS {");
    for (int i = 0; i < COUNT; i++) {
      s.append(" p").append(i).append(" PT_LOAD;");
    }
    Path script = w.file("s.ld", s + " } SECTIONS { .text : { *(.text) } :p0 }");
    Linked x = w.jld("-T", script, o).silent();
    Proc p = Proc.run(dir, java.util.List.of("readelf", "-hW", x.output().toString())).ok();
    assertTrue(p.out().contains("65535 (" + COUNT + ")"), p.out());
    w.jld("-T", script, o, "-z", "nosectionheader").failed(COUNT + " program headers");
  }

  @ParameterizedTest
  @EnumSource(names = "AMD64")
  void inTheOutput(Target target) {
    Tools.need("gcc", "ld", "readelf");
    Workbench w = new Workbench(dir, target);
    Path o = w.asm("many", source(target, "code"));
    Linked x = w.jld(o).silent();
    assertEquals(14, x.run().status());
    ElfImage elf = x.elf();
    assertTrue(elf.sections.size() > COUNT);
    assertEquals(".shstrtab", elf.sections.getLast().name());
    Proc p = Proc.run(dir, java.util.List.of("readelf", "-SsW", x.output().toString())).ok();
    assertEquals("", p.err());
    // the symbol's section has a number of its own, behind those that sixteen bits hold
    ElfImage.Section last = elf.section("code" + (COUNT - 1));
    assertEquals(last.addr(), elf.symbol("f" + (COUNT - 1)).value());
    String line = elf.sections.indexOf(last) + " f" + (COUNT - 1);
    assertTrue(p.out().lines().anyMatch(l -> l.endsWith(line)));
  }
}
