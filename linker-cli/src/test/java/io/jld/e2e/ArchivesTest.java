package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Archives: which of their members are linked, and the forms in which inputs may be given. */
class ArchivesTest {
  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    Tools.need("ar");
    return new Workbench(dir, target);
  }

  /** Members are taken where the archive stands: what refers to it later does not find it. */
  @ParameterizedTest
  @EnumSource
  void orderOfTheCommandLine(Target target) {
    Workbench w = workbench(target);
    Path main = w.c("main", "int f(void); int main(void) { return f(); }");
    Path f = w.c("f", "int g(void); int f(void) { return g() + 1; }");
    Path g = w.c("g", "int h(void); int g(void) { return h() + 2; } int not_wanted_g;");
    Path h = w.c("h", "int h(void) { return 4; }");
    Path unused = w.c("unused", "int missing(void); int unused(void) { return missing(); }");
    Path fh = w.archive("libfh.a", h, f, unused);
    Path lg = w.archive("libg.a", g);

    assertEquals(
        7,
        w.sameAsLd("gcc", "-static", main, "-Wl,--start-group", fh, lg, "-Wl,--end-group")
            .silent()
            .run()
            .status());
    assertEquals(7, w.sameAsLd("gcc", "-static", main, fh, lg, fh).run().status());
    Object[][] bad = {{fh, lg, main}, {main, lg, fh}, {main, fh, lg}};
    String[] missing = {"'f'", "'g'", "'h'"};
    for (int i = 0; i < bad.length; i++) {
      assertEquals(1, w.ld(w.commandLine("gcc", "-static", bad[i])).status());
      Linked x = w.gcc("-static", bad[i]).failed("undefined reference to " + missing[i]);
      assertEquals(1, x.err().lines().filter(l -> l.contains("error:")).count(), x::toString);
    }
    Linked all = w.gcc("-static", main, "-Wl,--whole-archive", lg, fh, "-Wl,--no-whole-archive");
    all.failed("undefined reference to 'missing'", "libfh.a(unused.o)");
    assertFalse(w.gcc("-static", main, fh, lg, fh).elf().hasSymbol("unused"));
  }

  /** One archive gives members to its own members, whatever their order in it. */
  @ParameterizedTest
  @EnumSource
  void membersForMembers(Target target) {
    Workbench w = workbench(target);
    Path main = w.c("main", "int f0(void); int main(void) { return f0(); }");
    Path[] objects = new Path[5];
    for (int i = 0; i < 5; i++) {
      objects[4 - i] =
          w.c(
              "f" + i,
              i == 4
                  ? "int f4(void) { return 1; }"
                  : "int f%d(void); int f%d(void) { return f%d() * 2; }"
                      .formatted(i + 1, i, i + 1));
    }
    assertEquals(
        16, w.sameAsLd("gcc", "-static", main, w.archive("libf.a", objects)).run().status());
    Path[] reversed = {objects[4], objects[2], objects[0], objects[3], objects[1]};
    assertEquals(
        16, w.sameAsLd("gcc", "-static", main, w.archive("libr.a", reversed)).run().status());
  }

  /**
   * A weak reference takes no member, a common symbol takes one that has a definition, {@code -u}
   * takes one.
   */
  @ParameterizedTest
  @EnumSource
  void whatTakesAMember(Target target) {
    Workbench w = workbench(target);
    Path weak =
        w.c("weak", "extern int v __attribute__((weak)); int main(void) { return &v ? v : 9; }");
    Path common = w.c("common", "int v; int main(void) { return v; }", "-fcommon");
    Path lib = w.archive("libv.a", w.c("v", "int v = 5;"));
    Path commonLib = w.archive("libc5.a", w.c("c5", "int v; int w = 1;", "-fcommon"));
    assertEquals(9, w.sameAsLd("gcc", "-static", weak, lib).run().status());
    assertEquals(5, w.sameAsLd("gcc", "-static", "-Wl,-u,v", weak, lib).run().status());
    assertEquals(5, w.sameAsLd("gcc", "-static", "-Wl,--undefined=v", weak, lib).run().status());
    assertEquals(
        5, w.sameAsLd("gcc", "-static", "-Wl,--require-defined=v", weak, lib).run().status());
    w.gcc("-static", "-Wl,--require-defined=none", weak, lib).failed("none");
    assertEquals(5, w.sameAsLd("gcc", "-static", common, lib).run().status());
    Linked x = w.sameAsLd("gcc", "-static", common, commonLib);
    assertFalse(x.elf().hasSymbol("w"), "a common symbol does not take a member for another one");
    Path alias = w.c("alias", "int a(void); int main(void) { return a(); }");
    Path libF = w.archive("libff.a", w.c("ff", "int ff(void) { return 8; }"));
    assertEquals(8, w.sameAsLd("gcc", "-static", "-Wl,--defsym=a=ff", alias, libF).run().status());
  }

  @ParameterizedTest
  @EnumSource
  void wholeArchive(Target target) {
    Workbench w = workbench(target);
    Path main = w.c("main", "int n; int main(void) { return n; }", "-fno-common");
    String ctor = "extern int n; __attribute__((constructor)) static void c(void) { n += %d; }";
    Path lib = w.archive("libctor.a", w.c("c1", ctor.formatted(1)), w.c("c2", ctor.formatted(2)));
    assertEquals(0, w.sameAsLd("gcc", "-static", main, lib).run().status());
    assertEquals(
        3,
        w.sameAsLd("gcc", "-static", main, "-Wl,--whole-archive", lib, "-Wl,--no-whole-archive")
            .run()
            .status());
    assertEquals(
        3,
        w.sameAsLd(
                "gcc", "-static", main, "-Wl,--push-state,--whole-archive", lib, "-Wl,--pop-state")
            .run()
            .status());
    // --start-lib: objects as members; GNU ld 2.40 has no such option.
    Path c1 = dir.resolve("c1.o");
    assertEquals(0, w.gcc("-static", main, "-Wl,--start-lib", c1, "-Wl,--end-lib").run().status());
    assertEquals(1, w.gcc("-static", main, c1).run().status());
  }

  @ParameterizedTest
  @EnumSource
  void forms(Target target) throws IOException {
    Workbench w = workbench(target);
    Path main = w.c("main", "int f(void); int main(void) { return f(); }");
    Path f = w.c("a_member_whose_name_is_longer_than_sixteen_bytes", "int f(void) { return 6; }");
    Path other = w.c("other", "int other;");
    Files.createDirectories(dir.resolve("sub"));
    w.archive("libplain.a", other, f);
    w.archive("libnoindex.a", "rcS", other, f);
    w.archive("libthin.a", "rcsT", other, f);
    w.archive("sub/libthin2.a", "rcsT", other, f);
    Proc.run(dir, java.util.List.of("ar", "rcsT", "libnested.a", "sub/libthin2.a")).ok();
    for (String name : new String[] {"plain", "thin", "nested"}) {
      assertEquals(
          6,
          w.sameAsLd("gcc", "-static", main, "-L" + dir, "-l" + name).silent().run().status(),
          name);
    }
    assertEquals(
        6, w.sameAsLd("gcc", "-static", main, "-L" + dir + "/sub", "-l:libthin2.a").run().status());
    // GNU ld refuses an archive without an index.
    assertEquals(6, w.gcc("-static", main, dir.resolve("libnoindex.a")).silent().run().status());
    Files.delete(f);
    w.gcc("-static", main, dir.resolve("libthin.a"))
        .failed("libthin.a", f.getFileName().toString());
  }

  @ParameterizedTest
  @EnumSource
  void libraryPath(Target target) throws IOException {
    Workbench w = workbench(target);
    Files.createDirectories(dir.resolve("one"));
    Files.createDirectories(dir.resolve("two"));
    Files.createDirectories(dir.resolve("wrong"));
    Path main = w.c("main", "int f(void); int main(void) { return f(); }");
    w.archive("one/libf.a", w.c("f1", "int f(void) { return 1; }"));
    w.archive("two/libf.a", w.c("f2", "int f(void) { return 2; }"));
    w.archive(
        "wrong/libf.a", new Workbench(dir, target.other()).c("f3", "int f(void) { return 3; }"));
    assertEquals(
        1,
        w.sameAsLd("gcc", "-static", main, "-L" + dir + "/one", "-L" + dir + "/two", "-lf")
            .run()
            .status());
    assertEquals(
        2,
        w.sameAsLd("gcc", "-static", main, "-L", dir + "/two", "-L", dir + "/one", "-l", "f")
            .run()
            .status());
    // A library for another machine is passed over, with a word about it.
    Linked x = w.gcc("-static", main, "-L" + dir + "/wrong", "-L" + dir + "/two", "-lf");
    assertEquals(2, x.run().status());
    x.says("wrong/libf.a");
    w.gcc("-static", main, "-L" + dir + "/one", "-lnone").failed("-lnone");
    w.gcc("-static", main, "-L" + dir + "/one", "-l:none.a").failed("none.a");
    Path sysroot = Files.createDirectories(dir.resolve("sys/my/lib"));
    Files.copy(dir.resolve("one/libf.a"), sysroot.resolve("libf.a"));
    Path start =
        w.c(
            "start",
            "int f(void); void _start(void) { f(); for (;;); }",
            "-fno-pic",
            "-fcf-protection=none");
    w.jld("--sysroot=" + dir + "/sys", "-L=/my/lib", start, "-lf").silent().ok();
    w.jld("--sysroot=" + dir + "/sys", "-L/my/lib", start, "-lf").failed("-lf");
  }

  @ParameterizedTest
  @EnumSource
  void scriptsAsInputs(Target target) {
    Workbench w = workbench(target);
    Path main = w.c("main", "int f(void), g(void); int main(void) { return f() + g(); }");
    w.archive("libf.a", w.c("f", "int f(void) { return 1; }"));
    w.archive("libg.a", w.c("g", "int g(void) { return 2; }"));
    w.file(
        "libboth.a",
        "/* GNU ld script */\nOUTPUT_FORMAT("
            + (target == Target.AMD64 ? "elf64-x86-64" : "elf32-i386")
            + ")\nGROUP ( libf.a AS_NEEDED ( -lg ) )\n");
    w.file("nested.ld", "SEARCH_DIR(\"" + dir + "\")\nINPUT(libboth.a)\n");
    assertEquals(
        3, w.sameAsLd("gcc", "-static", main, "-L" + dir, "-lboth").silent().run().status());
    assertEquals(
        3, w.gcc("-static", main, "-L" + dir, dir.resolve("nested.ld")).silent().run().status());
    w.file("bad.ld", "INPUT(libf.a\nGROUP");
    w.gcc("-static", main, dir.resolve("bad.ld")).failed("bad.ld");
    w.file("loop.ld", "INPUT(" + dir.resolve("loop.ld") + ")");
    w.gcc("-static", main, dir.resolve("loop.ld")).failed("loop.ld");
    w.file("missing.ld", "INPUT(nowhere.o)");
    w.gcc("-static", main, dir.resolve("missing.ld")).failed("nowhere.o");
  }

  /** Debian's libm.a is a linker script where there is libmvec. */
  @ParameterizedTest
  @EnumSource
  void libm(Target target) {
    Workbench w = workbench(target);
    Path main =
        w.c(
            "main",
            "#include <math.h>\n"
                + "#include <stdio.h>\n"
                + "int main(int c, char **v) { printf(\"%.6f %.6f\\n"
                + "\", pow(c + 1, 0.5), sin(c)); }");
    assertEquals(
        "1.414214 0.841471\n", w.sameAsLd("gcc", "-static", main, "-lm").silent().run().out());
  }

  @ParameterizedTest
  @EnumSource
  void responseFiles(Target target) {
    Workbench w = workbench(target);
    Path main = w.c("main", "int main(void) { return 4; }");
    w.file("inner", "'-s' \"" + main + "\"\n");
    Path outer =
        w.file(
            "outer",
            String.join("\n", w.commandLine("gcc", "-static", "marker.o"))
                .replace("marker.o", "@" + dir.resolve("inner")));
    Linked x = w.jld("@" + outer).silent();
    assertEquals(4, x.run().status());
    assertFalse(x.elf().hasSection(".symtab"));
  }

  /** The same object twice is a duplicate; an archive twice is not. */
  @ParameterizedTest
  @EnumSource
  void twice(Target target) {
    Workbench w = workbench(target);
    Path main = w.c("main", "int f(void); int main(void) { return f(); }");
    Path f = w.c("f", "int f(void) { return 1; }");
    Path lib = w.archive("libf.a", f);
    assertEquals(1, w.sameAsLd("gcc", "-static", main, lib, lib).silent().run().status());
    Linked x = w.gcc("-static", main, f, f).failed("multiple definition of 'f'");
    assertTrue(x.err().contains("f.o:(.text+0x0)"), x::toString);
  }
}
