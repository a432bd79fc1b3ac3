package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of what has a fixed address, in outputs that may be loaded anywhere. */
class AbsoluteCallsTest {
  @TempDir Path dir;

  private static final String USER = "int far(void); int user(void) { return far() + 1; }";

  /** Maps a page for the function {@code far}, which returns 41. */
  private static final String MAIN =
      """
      #include <string.h>
      #include <sys/mman.h>
      int user(void);
      int main(void) {
        void *page = mmap((void *) 0x10000000, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (page == MAP_FAILED) return 1;
        memcpy(page, "\\xb8\\x29\\0\\0\\0\\xc3", 6);
        return user();
      }
      """;

  /** They go through an entry of the PLT, whose slot nobody relocates. */
  @ParameterizedTest
  @EnumSource
  void throughThePlt(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path main = w.c("main", MAIN, "-fPIE");
    Path user = w.c("user", USER, "-fPIC");
    Path number = w.asm("number", ".globl far\nfar = 0x10000000\n");
    Path script = w.file("far.ld", "far = 0x10000000;");
    for (Object far : new Object[] {number, script, "-Wl,--defsym=far=0x10000000"}) {
      for (String kind : List.of("-pie", "-static-pie", "-no-pie", "-static")) {
        for (String now : List.of("-Wl,-z,lazy", "-Wl,-z,now")) {
          Linked x = w.gcc(kind, now, main, user, far).ok();
          assertEquals(42, x.run().status(), x::toString);
          assertEquals(List.of(), relocations(x), x::toString);
        }
      }
      for (String kind : List.of("-Wl,-Bsymbolic", "-Wl,--exclude-libs,ALL")) {
        Linked lib = w.gcc("-shared", kind, user, far).ok();
        if (kind.contains("symbolic")) {
          assertEquals(List.of(), relocations(lib), lib::toString);
        }
        Linked x = w.gcc("-pie", main, lib.output()).ok();
        assertEquals(42, x.run().status(), x::toString);
      }
    }
  }

  private List<String> relocations(Linked x) {
    return Proc.run(dir, List.of("readelf", "-rW", x.output().toString()))
        .out()
        .lines()
        .filter(l -> l.contains(" far"))
        .toList();
  }

  /** Other references say how far away it is, which nobody knows. */
  @ParameterizedTest
  @EnumSource
  void displacements(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String call = // the assembler for x86 does not take x@PLT + 8
        target == Target.X86 ? ".byte 0xe8\n.reloc ., R_386_PLT32, x\n.long 4" : "call x@PLT + 8";
    Path beside = w.asm("beside", ".globl _start\n_start: " + call + "\n.hidden x\n");
    Path data = w.asm("data", ".globl _start\n_start: ret\n.data\n.long x - .\n.hidden x\n");
    Path address = w.asm("address", ".globl _start\n_start: call 0x1000\n");
    Path absolute = w.asm("absolute", ".globl x\nx = 0x1000\n");
    for (Path o : List.of(beside, data, address)) {
      for (String kind : List.of("-pie", "-shared")) {
        w.jld("-m", target.emulation, kind, o, absolute)
            .failed(
                o == address ? "against an absolute address" : "against absolute symbol 'x'",
                "how far away that is depends on where the output is loaded");
      }
    }
    w.jld("-m", target.emulation, data, absolute).ok();
  }

  /** Without {@code @PLT}, code for x86 has not loaded the register that an entry counts from. */
  @ParameterizedTest
  @EnumSource
  void withoutPlt(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path call = w.asm("call", ".globl _start\n_start: call x\n.hidden x\n");
    Path absolute = w.asm("absolute", ".globl x\nx = 0x1000\n");
    Linked x = w.jld("-m", target.emulation, "-pie", call, absolute);
    if (target == Target.X86) {
      x.failed("against absolute symbol 'x'");
    } else {
      x.ok();
    }
  }
}
