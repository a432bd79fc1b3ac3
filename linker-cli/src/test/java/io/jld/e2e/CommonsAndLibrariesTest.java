package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A common symbol of an object beside what a shared library defines by its name. */
class CommonsAndLibrariesTest {
  private static final String GET = "int get(void) { return x; }";

  @TempDir Path dir;

  private Dynamic dynamic(Target target, String library, String... flags) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    d.library("x", d.bench.c("lib", library, "-fPIC", "-fno-common"), (Object[]) flags);
    return d;
  }

  private static Path main(Dynamic d) {
    return main(d, "-fPIE");
  }

  private static Path main(Dynamic d, String pic) {
    return d.bench.c(
        "main",
        "#include <stdio.h>\n"
            + "extern int x; int get(void); int main(void) { printf(\"%d %d\", x, get()); }",
        pic);
  }

  private static Path common(Dynamic d, String directive) {
    return d.bench.asm("common", ".section .note.GNU-stack,\"\",@progbits\n" + directive + "\n");
  }

  /** A value that a library has given the name is the definition, in the size of the larger. */
  @ParameterizedTest
  @EnumSource
  void initialisedData(Target target) {
    Dynamic d = dynamic(target, "int x = 42;" + GET);
    Path common = common(d, ".comm x, 192, 64");
    for (String kind : List.of("-no-pie", "-pie")) {
      Path main = main(d, kind.equals("-pie") ? "-fPIE" : "-fno-pie");
      for (Object[] order :
          new Object[][] {
            {main, common, "-lx"},
            {main, "-lx", common},
            {main, common, "-Wl,--as-needed", "-lx"},
            {main, "-Wl,--as-needed", "-lx", common}
          }) {
        Linked x = d.program(kind, (Object) order);
        assertEquals("42 42", x.run().ok().out(), x::toString);
        ElfImage.Symbol s = x.elf().symbol("x");
        if (s.shndx() == 0) {
          continue; // position-independent code for x86 loads the address
        }
        assertEquals(192, s.size());
        assertEquals(0, s.value() % 64);
        ElfImage.Section bss = x.elf().section(".bss");
        assertTrue(bss.holds(s.value()) && bss.holds(s.value() + 191), x::toString);
      }
    }
  }

  /** All of a copy's names count. */
  @ParameterizedTest
  @EnumSource
  void largerByAnotherName(Target target) {
    Dynamic d = dynamic(target, "int x = 42; extern int y __attribute__((alias(\"x\")));" + GET);
    Linked x = d.program("-no-pie", main(d, "-fno-pie"), common(d, ".comm y, 192, 64"), "-lx");
    assertEquals("42 42", x.run().ok().out(), x::toString);
    ElfImage.Symbol y =
        x.elf().symbols(".dynsym").stream()
            .filter(s -> s.name().equals("y"))
            .findFirst()
            .orElseThrow();
    assertEquals(192, y.size());
    assertEquals(x.elf().symbol("x").value(), y.value());
    assertTrue(x.elf().section(".bss").holds(y.value() + 191), x::toString);
  }

  /** A library refers to it then; a common symbol alone makes the other library a needed one. */
  @ParameterizedTest
  @EnumSource
  void inLibraries(Target target) {
    Dynamic d = dynamic(target, "int x = 42;" + GET);
    Path common = common(d, ".comm x, 4, 4");
    Linked lib =
        d.bench
            .gcc("-shared", "-nostdlib", common, "-Wl,--as-needed", "-L" + d.dir("jld"), "-lx")
            .ok();
    assertEquals(0, lib.elf().symbol("x").shndx(), lib::toString);
    assertTrue(
        Proc.run(dir, List.of("readelf", "-d", "" + lib.output())).out().contains("[libx.so]"));
  }

  /** Zeros, weak data and functions of a library leave the common symbol what it is. */
  @ParameterizedTest
  @EnumSource
  void others(Target target) {
    for (String def :
        List.of(
            "int x;" + GET,
            "__attribute__((weak)) int x = 42;" + GET,
            "int x(void) { return 0; } int get(void) { return 0; }")) {
      Dynamic d = dynamic(target, def);
      Path main = d.bench.c("main", "int main(void) { return 0; }", "-fPIE");
      Path common = common(d, ".comm x, 4, 4");
      Linked x = d.program("-no-pie", main, common, "-Wl,--as-needed", "-lx");
      assertTrue(x.elf().symbol("x").shndx() != 0, def);
      assertFalse(
          Proc.run(dir, List.of("readelf", "-d", "" + x.output())).out().contains("libx.so"), def);
      Linked named = d.program("-no-pie", main(d, "-fno-pie"), common, "-Wl,--no-as-needed", "-lx");
      assertEquals(List.of(), copies(named), def);
    }
  }

  private List<String> copies(Linked x) {
    return Proc.run(dir, List.of("readelf", "-rW", "" + x.output()))
        .out()
        .lines()
        .filter(l -> l.contains("_COPY"))
        .toList();
  }

  /** What is hidden or protected is this output's. */
  @ParameterizedTest
  @EnumSource
  void own(Target target) {
    Dynamic d = dynamic(target, "int x = 42;" + GET);
    for (String visibility : List.of(".hidden", ".internal", ".protected")) {
      Path common = common(d, ".comm x, 4, 4\n" + visibility + " x");
      String prints = visibility.equals(".protected") ? "0 0" : "0 42";
      Linked x = d.program("-pie", main(d), common, "-lx");
      assertEquals(prints, x.run().ok().out(), x::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void threadLocal(Target target) {
    Dynamic d = dynamic(target, "__thread int x = 42;" + GET);
    Path main =
        d.bench.c(
            "main",
            "#include <stdio.h>\n"
                + "extern __thread int x; int get(void);"
                + " int main(void) { printf(\"%d %d\", x, get()); }",
            "-fPIE",
            "-ftls-model=initial-exec");
    Path common = common(d, ".tls_common x, 4, 4");
    for (String kind : List.of("-no-pie", "-pie")) {
      Linked x = d.program(kind, main, common, "-lx");
      assertEquals("42 42", x.run().ok().out(), x::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void versioned(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Path script = d.bench.file("map", "V1 { global: x; get; };");
    d.library(
        "x", d.bench.c("lib", "int x = 42;" + GET, "-fPIC"), "-Wl,--version-script=" + script);
    Linked x = d.program("-no-pie", main(d, "-fno-pie"), common(d, ".comm x, 4, 4"), "-lx");
    assertEquals("42 42", x.run().ok().out(), x::toString);
    assertTrue(
        Proc.run(dir, List.of("readelf", "--dyn-syms", "-W", "" + x.output()))
            .out()
            .contains("x@V1"));
  }

  /** The library's definition leaves nothing for an archive to define; one before it does. */
  @ParameterizedTest
  @EnumSource
  void beforeAnArchive(Target target) {
    Dynamic d = dynamic(target, "int x = 42;" + GET);
    Path main = main(d);
    Path common = common(d, ".comm x, 4, 4");
    Path archive = d.bench.archive("a.a", d.bench.c("a", "int x = 7;", "-fPIE"));
    for (Object[] order :
        new Object[][] {{main, common, "-lx", archive}, {main, "-lx", common, archive}}) {
      assertEquals("42 42", d.program("-no-pie", (Object) order).run().ok().out());
    }
    assertEquals("7 7", d.program("-no-pie", main, common, archive, "-lx").run().ok().out());
  }
}
