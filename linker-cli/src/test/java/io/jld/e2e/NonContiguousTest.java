package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code --enable-non-contiguous-regions}: what does not fit goes to another region, and the
 * program still runs. That it goes where GNU ld puts it is what the scripts of that name in {@code
 * differential/scripts} compare.
 */
class NonContiguousTest {
  private static final String OPTION = "--enable-non-contiguous-regions";
  private static final int FUNCTIONS = 60;

  /** A region for some of the code, one for some of the data, and a large one. */
  private static final String SCRIPT =
      """
      ENTRY(_start)
      MEMORY {
        code : ORIGIN = 0x400000, LENGTH = 0x80
        data : ORIGIN = 0x500000, LENGTH = 48
        rest : ORIGIN = 0x600000, LENGTH = 64K
      }
      SECTIONS {
        .code : { *(.text.start) *(.text*) } >code
        .fast : { *(.data* COMMON) } >data
        .text : { *(.text*) } >rest
        .data : ALIGN(0x1000) { *(.rodata*) *(.data*) } >rest
        .bss : { *(.bss* COMMON) } >rest
      }
      """;

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    return new Workbench(dir, target);
  }

  /** Ends with status 7 if all of it finds each other. */
  private static Object[] program(Workbench w) {
    StringBuilder c =
        new StringBuilder("int small = 5; char text[32] = \"text\"; int common[16];\n");
    c.append("extern int other; const char *string(void);\n");
    StringBuilder sum = new StringBuilder("small + common[1] + other");
    for (int i = 0; i < FUNCTIONS; i++) {
      c.append("__attribute__((noipa)) int f%d(int n) { return n + %d; }\n".formatted(i, i));
      sum.append(" + f%d(0)".formatted(i));
    }
    c.append("int sum(void) { common[1] = 3; return ").append(sum).append("; }\n");
    c.append(
        """
        int run(void) {
          int expected = 5 + 3 + 11 + %d;
          return sum() == expected && string()[6] == 'w' && text[3] == 't' ? 7 : 1;
        }
        """
            .formatted(IntStream.range(0, FUNCTIONS).sum()));
    Path start =
        w.asm(
            "start",
            """
            .section .text.start, "ax"
            .globl _start
            _start:
              call run
            #ifdef __x86_64__
              mov %eax, %edi
              mov $60, %eax
              syscall
            #else
              mov %eax, %ebx
              mov $1, %eax
              int $0x80
            #endif
            """);
    String[] flags = {
      "-O1", "-ffunction-sections", "-fdata-sections", "-fcommon", "-ffreestanding", "-fno-pic"
    };
    Path other =
        w.c("other", "int other = 11; const char *string(void) { return \"hello world\"; }", flags);
    return new Object[] {start, w.c("program", c.toString(), flags), other};
  }

  @ParameterizedTest
  @EnumSource
  void programRuns(Target target) {
    Workbench w = workbench(target);
    Path script = w.file("regions.ld", SCRIPT);
    Object[] program = program(w);
    w.jld("-T", script, program).failed("region 'code' overflowed by ", "will not fit");
    Linked linked = w.jld(OPTION, "-T", script, program);
    assertEquals(7, linked.run().status());
    List<ElfImage.Symbol> functions =
        linked.elf().symbols().stream().filter(s -> s.name().matches("f\\d+")).toList();
    assertEquals(FUNCTIONS, functions.size());
    long near = functions.stream().filter(s -> s.value() < 0x500000).count();
    assertTrue(near > 5 && near < FUNCTIONS - 5, () -> near + " functions in the first region");
    for (ElfImage.Symbol s : linked.elf().symbols()) {
      if (List.of("small", "common").contains(s.name())) {
        assertEquals(s.name().equals("small"), s.value() < 0x600000, s::toString);
      }
    }
    Linked object = w.jld("-r", program); // whose sections are larger
    Linked again = w.jld(OPTION, "-T", script, object.output());
    assertEquals(7, again.run().status());
  }

  @ParameterizedTest
  @EnumSource
  void whatFitsNowhere(Target target) {
    Workbench w = workbench(target);
    Path script =
        w.file(
            "small.ld",
            "MEMORY { one : ORIGIN = 0x1000, LENGTH = 16 two : ORIGIN = 0x2000, LENGTH = 16 }\n"
                + "SECTIONS { .one : { *(.data*) } >one .two : { *(.data*) } >two\n"
                + "  /DISCARD/ : { *(*) } }\n");
    Path object =
        w.asm(
            "object",
            ".section .data.a, \"aw\"\n.skip 16, 1\n.section .data.b, \"aw\"\n.skip 12, 2\n"
                + ".section .data.c, \"aw\"\n.skip 8, 3\n");
    w.jld(OPTION, "-T", script, "-e", "0", object)
        .failed(
            "object.o:(.data.c): section '.data.c' does not fit into the memory region of '.two',"
                + " and no output section after it matches");
  }

  @ParameterizedTest
  @EnumSource
  void warnings(Target target) {
    Workbench w = workbench(target);
    Path script = w.file("regions.ld", SCRIPT);
    Object[] program = program(w);
    Linked linked = w.jld(OPTION, OPTION + "-warnings", "-T", script, program);
    linked
        .ok()
        .says(
            "program.o:(.text.f3): section '.text.f3' goes to '.text' if it does not fit into"
                + " '.code'",
            "program.o: 'COMMON' goes to '.bss' if it does not fit into '.fast'");
    assertTrue(!linked.err().contains("'.bss' goes"), linked::toString);
    String other = w.jld(OPTION + "-warnings", "-T", script, program).err();
    assertTrue(!other.contains(" goes to "), other);
  }
}
