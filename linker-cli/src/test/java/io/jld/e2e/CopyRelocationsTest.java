package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Data that an executable takes over from a shared library. */
class CopyRelocationsTest {
  @TempDir Path dir;

  /** What the library's loader makes read only is read only in the executable too. */
  @ParameterizedTest
  @EnumSource
  void readOnlyAfterRelocation(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    d.library(
        "a",
        d.bench.c(
            "lib",
            "const char *const names[2] = {\"a\", \"b\"}; const int table[2] = {1, 2}; int data ="
                + " 3;",
            "-fPIC"));
    Path main =
        d.bench.c(
            "main",
            """
            #include <stdio.h>
            extern const char *const names[2];
            extern const int table[2];
            extern int data;
            int main(void) { data++; printf("%s %d %d\\n", names[1], table[1], data); }
            """,
            "-fno-pie");
    ElfImage x = d.program("-no-pie", main, "-la").elf();
    ElfImage.Section readOnly = x.section(".bss.rel.ro");
    assertTrue(readOnly.holds(x.symbol("names").value()));
    assertTrue(readOnly.holds(x.symbol("table").value()));
    assertTrue(x.section(".bss").holds(x.symbol("data").value()));
    ElfImage.Segment relro = x.segment(ElfImage.SegmentType.RELRO);
    assertTrue(relro.addr() <= readOnly.addr());
    assertTrue(readOnly.addr() + readOnly.size() <= relro.addr() + relro.memsz());
  }

  /** A symbol that objects name with and without its version is one symbol all the same. */
  @ParameterizedTest
  @EnumSource
  void exportedOnce(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Path script = d.bench.file("map", "V1 { global: f; }; V2 { global: data; alias; f; } V1;");
    d.library(
        "a",
        d.bench.c(
            "lib",
            """
            int f_old(void) { return 1; }
            int f_new(void) { return 2; }
            __asm__(".symver f_old, f@V1");
            __asm__(".symver f_new, f@@V2");
            int data = 3;
            extern int alias __attribute__((alias("data")));
            """,
            "-fPIC"),
        "-Wl,--version-script=" + script);
    Path main =
        d.bench.c(
            "main",
            """
            int f(void);
            __asm__(".symver f, f@V1");
            extern int data;
            int main(void) { return f() + data; }
            """,
            "-fno-pie");
    Linked program = d.program("-no-pie", main, "-la");
    assertEquals(4, program.run().status());
    for (String name : List.of("data", "alias")) {
      assertEquals(
          1,
          program.elf().symbols(".dynsym").stream().filter(s -> s.name().equals(name)).count(),
          name);
    }
  }
}
