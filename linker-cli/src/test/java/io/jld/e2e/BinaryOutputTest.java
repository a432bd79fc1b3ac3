package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --oformat binary}: the same bytes as GNU ld's. */
class BinaryOutputTest {
  @TempDir Path dir;

  private static byte[] bytes(Linked l) {
    try {
      return Files.readAllBytes(l.ok().output());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Linked same(Workbench w, Object... args) {
    List<String> line = Workbench.strings("-m", w.target.emulation, "--oformat", "binary", args);
    Linked ours = w.jld(line);
    assertArrayEquals(bytes(w.ld(line)), bytes(ours), ours::toString);
    return ours;
  }

  private static Path program(Workbench w) {
    return w.c(
        "free",
        """
        static int table[] = {1, 2, 3};
        int *p = table;
        const char msg[] = "hello";
        static int zeroes[1000];
        const int big[64] = {1, 2, 3};
        int fact(int n) { return n < 2 ? 1 : n * fact(n - 1); }
        int _start(void) {
          int s = 0;
          for (int i = 0; msg[i]; i++) s += msg[i] * big[i];
          return fact(5) + p[1] + s + zeroes[s];
        }
        """,
        "-O1",
        "-g",
        "-ffreestanding",
        "-fno-pic",
        "-fno-asynchronous-unwind-tables");
  }

  @ParameterizedTest
  @EnumSource
  void isGnuLdsFile(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = program(w);
    same(w, "-Ttext=0x7c00", o);
    same(w, "-Ttext=0", o);
    same(w, o);
    same(w, "-z", "noseparate-code", o);
    same(w, "-Ttext=0x1000", "-Tdata=0x5000", o);
    same(w, "-Tdata=0x1000", "-Ttext=0x3000", "--section-start=.rodata=0x4000", o);
  }

  @Test
  void bootSector() {
    Tools.needC(Target.X86);
    Workbench w = new Workbench(dir, Target.X86);
    Path o =
        w.asm(
            "boot",
            """
            .code16
            .globl _start
            _start: cli
            mov $msg, %si
            jmp _start
            msg: .asciz "boot"
            .org 510
            .word 0xaa55
            """);
    byte[] sector = bytes(same(w, "-Ttext=0x7c00", o));
    assertEquals(512, sector.length);
    assertEquals(0x55, sector[510]);
  }

  @Test
  void theSameForAnyNumberOfThreads() {
    Tools.needC(Target.AMD64);
    Workbench w = new Workbench(dir, Target.AMD64);
    Path o = program(w);
    assertArrayEquals(
        bytes(w.jld("--oformat", "binary", "--threads=1", o)),
        bytes(w.jld("--oformat", "binary", "--threads=5", o)));
  }

  @Test
  void errors() {
    Tools.needC(Target.AMD64);
    Workbench w = new Workbench(dir, Target.AMD64);
    Path o = program(w);
    w.jld("--oformat", "binary", "-Ttext=0x1000", "-Tdata=0x1004", o).failed("overlaps");
    w.jld("--oformat", "srec", o).failed("srec");
    assertEquals(1, w.jld("--oformat", "elf64-x86-64", o).elf().bytes[5]);
  }
}
