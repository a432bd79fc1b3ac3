package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The medium and large code models of amd64 (psABI amd64, 3.5.1): programs with more than 2 GiB of
 * zeros, which are linked, and run.
 */
class LargeModelTest {
  private static final long LARGE = 0x10000000;
  private static final long GIB3 = 3L << 30;

  @TempDir Path dir;

  private Workbench w;

  @BeforeEach
  void start() {
    Tools.needC(Target.AMD64);
    w = new Workbench(dir, Target.AMD64);
  }

  private static final String DATA =
      """
      char zeros[3UL << 30], small[10];
      const char words[100000] = "hello";
      int numbers[1 << 17] = {1, [1 << 16] = 77};
      int square(int n) { return n * n + numbers[0]; }
      """;

  /** Of {@code zeros} it does not know that they are large. */
  private static final String MAIN =
      """
      #include <stdio.h>
      extern char zeros[], small[];
      extern const char words[];
      extern int numbers[];
      int square(int);
      static char own[3UL << 30];
      char common[1 << 20];
      int main(int argc, char **argv) {
        zeros[0] = 1;
        zeros[(3UL << 30) - 1] = 5;
        own[(3UL << 30) - 2] = argc;
        small[3] = 2;
        common[99] = 3;
        printf("%d %d %d %d %s %d %d\\n", zeros[0] + zeros[(3UL << 30) - 1], own[(3UL << 30) - 2],
            small[3], common[99], words, numbers[1 << 16], square(4));
        return 0;
      }
      """;

  @ParameterizedTest
  @CsvSource({
    "medium, -fno-pic, -no-pie",
    "medium, -fpie, -pie",
    "large, -fno-pic, -no-pie",
    "large, -fpie, -pie",
  })
  void moreThan2GiB(String model, String compile, String link) {
    String flag = "-mcmodel=" + model;
    Path main = w.c("main", MAIN, "-O1", flag, compile, "-fcommon");
    Path data = w.c("data", DATA, "-O1", flag, compile, "-fno-common");
    Path one = w.jld("-r", main, data).silent().output();
    for (Object[] inputs : new Object[][] {{main, data}, {one}}) {
      Linked x = w.gcc(link, inputs).silent();
      assertEquals("6 1 2 3 hello 77 17\n", x.run().out(), x::toString);
      if (model.equals("medium")) {
        assertApart(x.elf());
      }
    }
  }

  /** What may be far away is, and is marked so; nothing else stands behind it. */
  private static void assertApart(ElfImage elf) {
    ElfImage.Section zeros = elf.section(".lbss");
    assertTrue(zeros.size() >= 2 * GIB3);
    assertTrue(elf.section(".lrodata").addr() >= zeros.addr() + zeros.size());
    assertTrue(elf.section(".ldata").addr() > elf.section(".lrodata").addr());
    for (ElfImage.Section s : elf.sections) {
      boolean large = s.name().startsWith(".l");
      assertEquals(large ? LARGE : 0, s.flags() & LARGE, s::toString);
      assertTrue(large || Long.compareUnsigned(s.addr(), zeros.addr()) <= 0, s::toString);
    }
    assertTrue(elf.symbol("common").value() >= zeros.addr()); // SHN_X86_64_LCOMMON
  }

  /** Small code reads the address of what is far away from the GOT, and is relaxed elsewhere. */
  @Test
  void smallCode() {
    Path data = w.c("data", DATA, "-O1", "-mcmodel=medium", "-fpie");
    Path main =
        w.c(
            "main",
            """
            #include <stdio.h>
            extern char *far(void), *near(void);
            int main(void) { far()[(3UL << 30) - 1] = 7; near()[3] = 8;
              printf("%d %d\\n", far()[(3UL << 30) - 1], near()[3]); return 0; }
            """,
            "-fpie");
    Path code =
        w.asm(
            "code",
            """
            .globl far, near
            far: movq zeros@GOTPCREL(%rip), %rax
            ret
            near: movq small@GOTPCREL(%rip), %rax
            ret
            .section .lbss,"awl",@nobits
            .zero 0x80000000
            .section .note.GNU-stack,"",@progbits
            """);
    Linked x = w.gcc("-pie", main, code, data).silent();
    assertEquals("7 8\n", x.run().out());
    ElfImage elf = x.elf();
    assertEquals(0x8b, opcode(elf, "far"));
    assertEquals(0x8d, opcode(elf, "near"));
  }

  private static int opcode(ElfImage elf, String function) {
    ElfImage.Section text = elf.section(".text");
    long at = text.offset() + elf.symbol(function).value() - text.addr();
    return elf.bytes[(int) at + 1] & 0xff;
  }

  /** The zeros of a library are as far from the program that has a copy of them. */
  @Test
  void copied() {
    Path lib =
        w.gcc(
                "-shared",
                w.c(
                    "lib",
                    """
                    char zeros[3UL << 30] = {0};
                    int small = 4;
                    void set(void) { zeros[(3UL << 30) - 1] = 9; }
                    """,
                    "-mcmodel=medium",
                    "-fpic"))
            .silent()
            .output();
    Path main =
        w.c(
            "main",
            """
            #include <stdio.h>
            extern char zeros[];
            extern int small;
            void set(void);
            int main(void) { set(); printf("%d %d\\n", zeros[(3UL << 30) - 1], small); return 0; }
            """,
            "-O1",
            "-mcmodel=medium",
            "-fno-pic");
    Linked x = w.gcc("-no-pie", main, lib).silent();
    assertEquals("9 4\n", x.run().out());
    assertEquals(GIB3, x.elf().section(".lbss").size());
  }

  /** Code that no row of .eh_frame_hdr reaches throws, and what it throws is caught. */
  @Test
  void farCode() {
    Tools.need("clang++");
    String[] flags = {"-O1", "-mcmodel=large", "-fPIE"};
    Path main =
        w.compile(
            "clang++",
            "main",
            ".cc",
            """
            #include <cstdio>
            #include <stdexcept>
            extern "C" int thrower(int);
            int main() {
              try { thrower(3); } catch (std::runtime_error &e) { std::printf("%s\\n", e.what()); }
            }
            """,
            flags);
    Path far =
        w.compile(
            "clang++",
            "far",
            ".cc",
            """
            #include <stdexcept>
            extern "C" __attribute__((section(".ltext"))) int thrower(int n) {
              if (n > 2) throw std::runtime_error("from far away");
              return n;
            }
            """,
            flags);
    Path zeros = w.asm("zeros", ".section .lbss,\"awl\",@nobits\n.zero 0xc0000000\n");
    Object[] line = {"-pie", main, far, zeros, "-lstdc++", "-Wl,-z,noexecstack"};
    Linked x = w.gcc(line).ok();
    assertTrue(x.err().contains("exceptions are found without its table"), x::toString);
    assertEquals("from far away\n", x.run().out());
    assertTrue(x.elf().section(".ltext").addr() > GIB3);
  }

  /** {@code -Tldata-segment}, and where orphans go that are as far away. */
  @Test
  void placed() {
    Path o =
        w.asm(
            "main",
            """
            .globl _start
            _start: ret
            .section .ldata,"awl",@progbits
            .quad 1
            .section large_data,"awl",@progbits
            .quad 2
            .section large_zeros,"awl",@nobits
            .quad 0
            .section small_data,"aw",@progbits
            .quad 3
            .section .lrodata,"al",@progbits
            .quad 4
            .section .lbss,"awl",@nobits
            .zero 8
            """);
    ElfImage elf = w.jld("-Tldata-segment=0x500000000", o).ok().elf();
    assertEquals(5L << 32, elf.section(".lrodata").addr() & -4096);
    assertTrue(elf.section("large_data").addr() > elf.section(".ldata").addr());
    assertTrue(elf.section("large_zeros").addr() > elf.section(".lbss").addr());
    assertTrue(elf.section("small_data").addr() < elf.section(".lbss").addr());
    for (ElfImage.Segment a : elf.segments) {
      for (ElfImage.Segment b : elf.segments) {
        boolean others = a != b && a.type() == 1 && b.type() == 1 && a.addr() < b.addr();
        assertTrue(!others || a.addr() + a.memsz() - 1 >> 12 < b.addr() >> 12, a + " " + b);
      }
    }
  }
}
