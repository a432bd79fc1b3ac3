package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Which shared libraries an output names, and what becomes of the definitions in those that it does
 * not name.
 */
final class NeededLibrariesTest {
  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void neededLibraries(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    d.library("used", w.c("used", "int used(void) { return 1; }", "-fPIC"));
    d.library("unused", w.c("unused", "int unused(void) { return 2; }", "-fPIC"));
    d.library("weak", w.c("weak", "int weak(void) { return 3; }", "-fPIC"));
    d.library(
        "indirect",
        w.c("indirect", "int used(void); int indirect(void) { return used(); }", "-fPIC"),
        "-lused");
    Path main =
        w.c(
            "main",
            "int indirect(void); int weak(void) __attribute__((weak)); int main(void) { return"
                + " indirect() + (weak ? weak() : 40); }");
    String[] all = {"-lunused", "-lweak", "-lindirect"};
    d.program(main, "-Wl,--as-needed", all);
    d.program(main, "-Wl,--no-as-needed", all);
    d.program(main, "-Wl,--as-needed", all, "-Wl,--no-as-needed", "-lunused");
    d.program(main, "-Wl,--push-state,--as-needed", all, "-Wl,--pop-state", "-lused");
    for (int i = 0; i < 4; i++) {
      assertEquals(
          needed(d.dir("ld").resolve("program" + i)), needed(d.dir("jld").resolve("program" + i)));
    }
    // a library that only another one needs is not searched for symbols of the program
    Path direct =
        w.c(
            "direct",
            "int used(void), indirect(void); int main(void) { return used() + indirect(); }");
    w.jld(
            w.commandLine(
                "gcc",
                direct,
                "-L" + d.dir("jld"),
                "-lindirect",
                "-Wl,-rpath-link," + d.dir("jld")))
        .failed("used");
    d.program(direct, "-Wl,--copy-dt-needed-entries", "-lindirect");
  }

  /** A library may consist of others: it has no object of its own. */
  @ParameterizedTest
  @EnumSource
  void librariesAlone(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    d.library("one", w.c("one", "int one(void) { return 1; }", "-fPIC"));
    d.library("two", w.c("two", "int two(void) { return 2; }", "-fPIC"));
    d.library("both", "-nostdlib", "-Wl,--no-as-needed", "-lone", "-ltwo");
    Path main =
        w.c("main", "int one(void), two(void); int main(void) { return one() + 2 * two(); }");
    d.program(main, "-Wl,--copy-dt-needed-entries,--no-as-needed", "-lboth");
    Path ours = d.dir("jld").resolve("libboth.so");
    assertEquals(needed(d.dir("ld").resolve("libboth.so")), needed(ours));
    assertTrue(ElfImage.read(ours).segments.size() > 1);
  }

  /** A library that only another one refers to is named where that one does not name it. */
  @ParameterizedTest
  @EnumSource
  void librariesThatLibrariesNeed(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    d.library("last", w.c("last", "int last(void) { return 1; }", "-fPIC"));
    d.library(
        "inner",
        w.c("inner", "int last(void); int inner(void) { return last() + 1; }", "-fPIC"),
        "-llast");
    d.library(
        "outer", w.c("outer", "int inner(void); int outer(void) { return inner(); }", "-fPIC"));
    Path main = w.c("main", "int outer(void); int main(void) { return outer(); }");
    d.program(main, "-Wl,--as-needed", "-louter", "-linner", "-llast");
    List<String> ours = needed(d.dir("jld").resolve("program0"));
    assertEquals(needed(d.dir("ld").resolve("program0")), ours);
    assertEquals(3, ours.size(), ours::toString);
  }

  /**
   * A weak reference does not make the output name a library; it must not ask for a version of it
   * then, nor for a copy of its data.
   */
  @ParameterizedTest
  @EnumSource
  void weakReferencesToLibrariesThatAreNotNeeded(Target target) throws IOException {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path map = Files.writeString(dir.resolve("versions"), "V1 { maybe; datum; };");
    Path o = w.c("weak", "int maybe(void) { return 3; } int datum = 4;", "-fPIC");
    d.library("first", o, "-Wl,--version-script=" + map);
    d.library("second", o, w.c("used", "int used(void) { return 5; }", "-fPIC"));
    String source =
        """
        int maybe(void) __attribute__((weak)), used(void) __attribute__((weak));
        extern int datum __attribute__((weak));
        int main(void) { return (maybe ? maybe() : 10) + (&datum ? datum : 20) + (used ? used() : 40); }
        """;
    for (String code : List.of("-fPIE -pie", "-fno-pie -no-pie")) {
      String[] options = code.split(" ");
      Path main = w.c("main" + options[1], source, options[0]);
      String[] none = {options[1], "-Wl,--as-needed", "-lfirst"};
      Path program = d.program(main, (Object) none).output();
      Proc versions = Proc.run(dir, List.of("readelf", "-VW", program.toString()));
      assertFalse(versions.out().contains("V1"), versions::out);
      // the other library has the same names, and is named
      d.program(main, options[1], "-Wl,--as-needed", "-lfirst", "-Wl,--no-as-needed", "-lsecond");
    }
  }

  /** The library finds the definition in another library; the one in the program is hidden. */
  @ParameterizedTest
  @EnumSource
  void hiddenDefinitionBesideThatOfLibrary(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    d.library("inner", w.c("inner", "int f(void) { return 1; }", "-fPIC"));
    d.library(
        "outer", w.c("outer", "int f(void); int outer(void) { return f(); }", "-fPIC"), "-linner");
    Path main =
        w.c(
            "main",
            """
            __attribute__((visibility("hidden"))) int f(void) { return 2; }
            int outer(void);
            int main(void) { return 10 * outer() + f(); }
            """);
    d.program(main, "-louter", "-linner");
    d.program(main, "-louter", "-Wl,--as-needed", "-linner");
  }

  /** A library's warning of its own symbol is for those who use that. */
  @ParameterizedTest
  @EnumSource
  void warningOfSymbolThatIsNotUsed(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    String risky = "int risky(void) { return 7; }";
    String text =
        "static const char t[] __attribute__((used, section(\".gnu.warning.risky\"))) = \"risk\";";
    d.library("risky", w.c("risky", risky + text, "-fPIC"));
    Path main = w.c("main", "int risky(void); int main(void) { return risky(); }");
    d.linkWith("jld", "gcc", dir.resolve("uses"), main, "-lrisky").says("main.o:(.text", "risk");
    d.program(main, w.c("own", risky), "-lrisky");
  }

  /** Of the options that say so, {@code -static} too, the last one before a library counts. */
  @ParameterizedTest
  @EnumSource
  void sharedOrStaticByPlace(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    for (String f : List.of("f", "g")) {
      Path o = w.c(f, "int " + f + "(void) { return 1; }", "-fPIC");
      w.archive("lib" + f + ".a", o);
      Path so = dir.resolve("lib" + f + ".so");
      Proc.run(dir, List.of("ld", "-m", target.emulation, "-shared", "-o", "" + so, "" + o)).ok();
    }
    Path main = w.c("main", "int f(void), g(void); int _start(void) { return f() + g(); }");
    for (String line :
        List.of(
            "-lf -lg",
            "-static -lf -lg",
            "-lf -static -lg",
            "-lf -lg -static",
            "-static -Bdynamic -lf -lg",
            "-static --push-state -Bdynamic -lf --pop-state -lg",
            "--push-state -static -lf --pop-state -lg",
            "--push-state -Bstatic --push-state -Bdynamic -lf --pop-state --pop-state -lg",
            "libf.so -static libg.a",
            "-static libf.a -Bdynamic libg.so")) {
      String[] args = line.replace("lib", dir + "/lib").split(" ");
      Linked expected = w.ld("-m", target.emulation, "-L" + dir, main, args).ok();
      Linked linked = w.jld("-L" + dir, main, args).ok();
      assertEquals(needed(expected.output()), needed(linked.output()), line);
      assertEquals(
          expected.elf().hasSection(".dynamic"), linked.elf().hasSection(".dynamic"), line);
    }
    for (String option : List.of("-static", "-Bstatic")) {
      w.jld(main, option, dir.resolve("libf.so"), dir.resolve("libg.a"))
          .failed("libf.so: attempted static link of dynamic object");
    }
  }

  /** A library that is not named asks for no archive's member, wherever it may stand. */
  @ParameterizedTest
  @EnumSource
  void membersForLibrariesThatMayBeNeeded(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path lib =
        w.jld(
                "-m",
                target.emulation,
                "-shared",
                "-soname=libuser.so",
                w.c(
                    "user",
                    "int member(void); int data = 1; int user(void) { return member(); }",
                    "-fPIC"))
            .ok()
            .output();
    Path archive = w.archive("m.a", w.asm("m", ".globl member\nmember: ret\n"));
    Path main = w.asm("main", ".globl _start\n_start: ret\n");
    Path user = w.asm("later", "call user@PLT\n");
    Path weak = w.asm("weak", ".weak user\n.data\n.long user\n");
    Path common = w.asm("common", ".comm data, 4, 4\n");
    Path own = w.asm("own", ".hidden user\n.globl user\nuser: ret\ncall user\n");
    for (Object[] order :
        new Object[][] {
          {main, lib, archive},
          {main, archive, lib},
          {main, "--start-group", lib, archive, "--end-group"},
          {main, weak, lib, archive},
          {main, lib, weak, archive},
          {main, own, lib, archive},
          {main, lib, own, archive}
        }) {
      Linked x = w.jld("-m", target.emulation, "--as-needed", order).ok();
      assertFalse(x.elf().hasSymbol("member"), x::toString);
      assertEquals(List.of(), needed(x.output()), x::toString);
    }
    for (Object[] order :
        new Object[][] {
          {main, user, lib, archive},
          {main, lib, user, archive},
          {main, lib, archive, user},
          {main, "--start-group", lib, archive, user, "--end-group"},
          {main, common, lib, archive},
          {main, lib, archive, common},
          {main, "--no-as-needed", lib, archive},
          {main, lib, archive, "--no-as-needed", lib}
        }) {
      Linked x = w.jld("-m", target.emulation, "--as-needed", "-t", "-t", order).ok();
      assertEquals(1, x.out().lines().filter(l -> l.contains("m.a)m.o")).count(), x::toString);
      assertFalse(needed(x.output()).isEmpty(), x::toString);
      ElfImage.Symbol member =
          x.elf().symbols(".dynsym").stream()
              .filter(s -> s.name().equals("member"))
              .findFirst()
              .orElseThrow();
      assertFalse(member.shndx() == 0, x::toString);
    }
  }

  /**
   * What nothing but an option asks for makes no library needed, so that it is an archive's to
   * define; with a file's reference beside it, it is as if there were no option.
   */
  @ParameterizedTest
  @EnumSource
  void optionsAskForNoLibrary(Target target) {
    Tools.needC(target);
    Tools.need("ar");
    Workbench w = new Workbench(dir, target);
    Path lib =
        w.jld(
                "-m",
                target.emulation,
                "-shared",
                "-soname=libuser.so",
                w.c("user", "int member(void); int user(void) { return member(); }", "-fPIC"))
            .ok()
            .output();
    Path member = w.archive("m.a", w.asm("m", ".globl member\nmember: ret\n"));
    Path same = w.archive("s.a", w.asm("s", ".globl user\nuser: ret\n"));
    Path main = w.asm("main", ".globl _start\n_start: ret\n");
    Path user = w.asm("later", "call user@PLT\n");
    for (String option : List.of("--undefined=user", "--entry=user", "--require-defined=user")) {
      for (Object[] order : new Object[][] {{main, lib, same, member}, {main, same, lib, member}}) {
        Linked x = w.jld("-m", target.emulation, option, "--as-needed", order).ok();
        assertEquals(List.of(), needed(x.output()), x::toString);
        assertTrue(x.elf().hasSymbol("user"), x::toString);
        assertFalse(x.elf().hasSymbol("member"), x::toString);
      }
    }
    for (Object[] order :
        new Object[][] {
          {user, main, lib, same, member},
          {main, lib, user, same, member},
          {main, "--no-as-needed", lib, same, member}
        }) {
      Linked x = w.jld("-m", target.emulation, "-u", "user", "--as-needed", order).ok();
      assertEquals(1, needed(x.output()).size(), x::toString);
      assertTrue(x.elf().hasSymbol("member"), x::toString);
    }
    Linked x = w.jld("-m", target.emulation, "-u", "user", "--as-needed", main, lib, member).ok();
    assertFalse(x.elf().hasSymbol("member"), x::toString);
  }

  private static List<String> needed(Path file) {
    return Proc.run(file.getParent(), List.of("readelf", "-dW", file.toString()))
        .out()
        .lines()
        .filter(l -> l.contains("(NEEDED)"))
        .map(l -> l.substring(l.indexOf('[')))
        .sorted() // GNU ld puts what is named twice behind the others
        .toList();
  }
}
