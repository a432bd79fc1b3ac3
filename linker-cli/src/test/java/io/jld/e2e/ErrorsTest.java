package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What goes wrong is said with its place, ends the link with status 1, and leaves the output's path
 * as it was.
 */
class ErrorsTest {
  @TempDir Path dir;

  private static final String START = "void _start(void) { for (;;) {} }";

  private Workbench workbench(Target target) {
    Tools.need("gcc", "ld");
    return new Workbench(dir, target);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> s = Files.list(dir)) {
      return s.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void previousOutputIsKept(Target target) throws IOException {
    Workbench w = workbench(target);
    Path out = Files.writeString(dir.resolve("previous"), "what stood here");
    Path bad = w.c("bad", "int missing(void); void _start(void) { missing(); }");
    List<String> before = files();
    Linked x = w.jldTo(out, bad);
    assertEquals(1, x.status());
    x.says("undefined reference to 'missing'");
    assertEquals("what stood here", Files.readString(out));
    assertEquals(before, files(), "nothing else is left in the directory");
    Path good = w.c("good", START);
    w.jldTo(out, good).ok();
    assertTrue(ElfImage.read(out).hasSymbol("_start"));
    assertEquals(before.size() + 2, files().size(), "the temporary file is gone");
  }

  @ParameterizedTest
  @EnumSource
  void otherMachine(Target target) {
    Workbench w = workbench(target);
    Path a = w.c("a", START);
    Path b = new Workbench(dir, target.other()).c("b", "int b;");
    w.jld(a, b).failed("b.o: ", target.other().arch, target.arch);
    w.jld("-m", target.emulation, b).failed("b.o: ", target.other().arch, target.arch);
    w.jld("-m", "elf_none", a).failed("elf_none");
    w.jld("--arch", "pdp11", a).failed("pdp11", "amd64", "x86");
  }

  @ParameterizedTest
  @EnumSource
  void missingInputs(Target target) throws IOException {
    Workbench w = workbench(target);
    Path a = w.c("a", START);
    w.jld(a, dir.resolve("nowhere.o"), "-lnothing").failed("nowhere.o", "-lnothing");
    Files.createDirectories(dir.resolve("directory"));
    w.jld(a, dir.resolve("directory")).failed("directory");
    Path empty = Files.write(dir.resolve("empty.o"), new byte[0]);
    w.jld(a, empty).failed("empty.o");
    Path noise = Files.write(dir.resolve("noise.o"), new byte[] {(byte) 0x80, 1, 2, 3, 4, 5, 6, 7});
    w.jld(a, noise).failed("noise.o: file format not recognized");
  }

  /** They are not waited for: a pipe that nobody writes to, a device that has no end. */
  @ParameterizedTest
  @EnumSource
  void inputsThatAreNoFiles(Target target) {
    Workbench w = workbench(target);
    Tools.need("mkfifo");
    Path a = w.c("a", START);
    Proc.run(dir, List.of("mkfifo", "pipe")).ok();
    for (Path p : List.of(dir.resolve("pipe"), Path.of("/dev/zero"))) {
      String refused = p + ": not a regular file";
      w.jld(p).failed(refused);
      w.jld(a, p).failed(refused);
      w.jld(a, "-R", p).failed(refused);
      w.jld(a, "-b", "binary", p).failed(refused);
    }
  }

  /** A script may come from a pipe, once; from a device without an end it is too long. */
  @ParameterizedTest
  @EnumSource
  void scriptsThatAreNoFiles(Target target) throws Exception {
    Workbench w = workbench(target);
    Tools.need("mkfifo");
    Path a = w.c("a", START);
    Path pipe = dir.resolve("pipe");
    Proc.run(dir, List.of("mkfifo", "pipe")).ok();
    Path including = w.file("including.ld", "INCLUDE " + pipe);
    for (Path script : List.of(pipe, including)) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  Files.writeString(pipe, "SECTIONS { .text 0x50000 : { *(.text) } }");
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      writer.start();
      Linked linked = w.jld("-m", w.target.emulation, "--verbose", "-T", script, a);
      writer.join();
      assertEquals(0, linked.status(), linked::toString);
      assertEquals(0x50000, ElfImage.read(linked.output()).section(".text").addr());
    }
    w.jld(a, "-T", "/dev/zero").failed("/dev/zero: ");
    Linked empty = w.jld("-m", w.target.emulation, "-T", "/dev/null", a);
    Linked without = w.jld("-m", w.target.emulation, a);
    assertArrayEquals(
        Files.readAllBytes(without.silent().output()), Files.readAllBytes(empty.silent().output()));
  }

  @ParameterizedTest
  @EnumSource
  void unwritableOutput(Target target) throws IOException {
    Workbench w = workbench(target);
    Path a = w.c("a", START);
    Linked x = w.jldTo(dir.resolve("no/such/directory/out"), a);
    assertEquals(1, x.status());
    x.says("no/such/directory/out");
    Path taken = Files.createDirectories(dir.resolve("taken"));
    x = w.jldTo(taken, a);
    assertEquals(1, x.status());
    x.says("taken");
  }

  @ParameterizedTest
  @EnumSource
  void directoryWithoutPermission(Target target) throws IOException {
    Workbench w = workbench(target);
    Path a = w.c("a", START);
    Assumptions.assumeFalse(
        "root".equals(System.getProperty("user.name")), "root may write everywhere");
    Path locked =
        Files.createDirectories(
            dir.resolve("locked"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
    w.jldTo(locked.resolve("out"), a).failed("locked/out");
  }

  @ParameterizedTest
  @EnumSource
  void specialFilesAreWrittenAsTheyAre(Target target) {
    Workbench w = workbench(target);
    Path a = w.c("a", START);
    Linked x = w.jldTo(Path.of("/dev/null"), a);
    assertEquals(0, x.status(), x::toString);
    assertFalse(Files.isRegularFile(Path.of("/dev/null")));
  }

  /** Every length of a truncated object is an error with the file's name, and nothing worse. */
  @ParameterizedTest
  @EnumSource
  void truncatedObject(Target target) throws IOException {
    Workbench w = workbench(target);
    Path whole =
        w.c(
            "whole",
            "#include <stdio.h>\n"
                + "static int n = 3; int f(int i) { printf(\"%d\\n"
                + "\", i); return n; }",
            "-g",
            "-O1");
    byte[] bytes = Files.readAllBytes(whole);
    Path start = w.c("start", START);
    Path cut = dir.resolve("cut.o");
    Random random = new Random(1);
    for (int i = 0; i < 120; i++) {
      int length = i < 70 ? i : random.nextInt(bytes.length - 1);
      Files.write(cut, java.util.Arrays.copyOf(bytes, length));
      Linked x = w.jld(start, cut);
      assertEquals(1, x.status(), "length " + length);
      x.failed("cut.o");
    }
    w.archive("cut.a", "rcS", whole);
    byte[] archive = Files.readAllBytes(dir.resolve("cut.a"));
    for (int length : new int[] {8, 20, 60, 68, 80, 140, archive.length / 2, archive.length - 1}) {
      Files.write(dir.resolve("cut.a"), java.util.Arrays.copyOf(archive, length));
      Linked x = w.jld(start, "--whole-archive", dir.resolve("cut.a"));
      assertFalse(x.err().contains("internal error"), x::toString);
      if (x.status() != 0) {
        x.failed("cut.a");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void relocationOutOfRange(Target target) {
    Workbench w = workbench(target);
    String far =
        target == Target.AMD64
            ? ".globl _start\n_start: call away\n mov $big, %eax\n"
            : ".globl _start\n"
                + "_start: .byte 0x66, 0xe8\n"
                + " .word away-.-2\n"
                + " movb $big, %al\n"
                + " .reloc _start+5, R_386_8, big\n";
    Path a = w.asm("far", far + ".section .note.GNU-stack,\"\",@progbits\n");
    Linked x = w.jld("--defsym=away=0x7fffffff0000", "--defsym=big=0x123456789a", a);
    x.failed(
        "far.o:(.text+0x",
        "out of range",
        target == Target.AMD64 ? "R_X86_64_" : "R_386_",
        target == Target.AMD64 ? "'away'" : "'big'");
  }

  /** What alone is given, and says nothing of an architecture, is named all the same. */
  @ParameterizedTest
  @EnumSource
  void soleInput(Target target) throws IOException {
    Workbench w = workbench(target);
    Path empty = Files.createFile(dir.resolve("empty.o"));
    Path junk = Files.write(dir.resolve("junk.o"), new byte[] {1, 2, 3, 4});
    w.jld(empty).failed("empty.o: file format not recognized");
    w.jld(junk).failed("junk.o: file format not recognized");
    w.jld("-m", target.arch, junk).failed("unrecognised emulation mode", "elf_x86_64, elf_i386");
    w.jld(w.c("start", START).resolve("x.o")).failed("start.o/x.o", "Not a directory");
  }

  /** Objects say what a link is for, not an archive that nothing is wanted of. */
  @ParameterizedTest
  @EnumSource
  void archiveOfAnotherMachine(Target target) throws IOException {
    Workbench w = workbench(target);
    Tools.need("ar");
    Workbench other = new Workbench(Files.createDirectory(dir.resolve("other")), target.other());
    Path lib = other.archive("libf.a", other.c("f", "void f(void) {}"));
    w.jld("-e", "_start", lib, w.c("start", START)).ok();
  }

  @ParameterizedTest
  @EnumSource
  void placesOfUndefined(Target target) {
    Workbench w = workbench(target);
    String source =
        "extern int missing(void); int *at = (int *) missing;\n"
            + "int f(void) { return missing(); }\nint g(void) { return missing(); }";
    Linked x = w.jld(w.c("plain", source, "-fno-pic", "-fno-pie"));
    String[] lines = x.err().lines().toArray(String[]::new);
    assertEquals(4, lines.length, x::toString);
    assertTrue(
        lines[0].matches(
            ".*plain.o:\\(.text\\+0x.*\\): undefined .*'missing' \\[undefined-symbol\\]"),
        lines[0]);
    assertEquals(">>> referenced by plain.c (function f)", lines[1]);
    assertTrue(
        lines[2].matches(">>> referenced by plain.c \\(function g in .*plain.o:\\(.text.*"),
        lines[2]);
    assertTrue(
        lines[3].matches(">>> referenced by plain.c \\(.*plain.o:\\(.data\\+0x0\\)\\)"), lines[3]);
    w.jld(w.c("debug", source, "-g", "-fno-pic", "-fno-pie"))
        .failed("debug.c:2 (function f)", "debug.c:3 (function g in ");
    w.jld(
            w.c(
                "local",
                "void m(void); static void f(void) { m(); } void _start(void) { f(); }",
                "-O0"))
        .failed(">>> referenced by local.c (function f)\n");
  }

  @ParameterizedTest
  @EnumSource
  void multipleDefinitionNamesBothPlacesOnce(Target target) {
    Workbench w = workbench(target);
    Linked x = w.jld(w.c("one", START), w.c("two", START));
    x.failed("multiple definition of '_start'", "first defined in one.c (function _start in ");
    x.says("\n>>> defined again in two.c (function _start)\n");
  }

  /** A library that a library needs is not linked for that, as with GNU ld; but it is named. */
  @ParameterizedTest
  @EnumSource
  void libraryBehindALibrary(Target target) throws IOException {
    Workbench w = workbench(target);
    Path inner = dir.resolve("libinner.so");
    Path outer = dir.resolve("libouter.so");
    w.jldTo(
            inner,
            "-shared",
            "-soname=libinner.so",
            w.c("inner", "int f(void) { return 1; }", "-fPIC"))
        .ok();
    Path o = w.c("outer", "int f(void); int g(void) { return f(); }", "-fPIC");
    w.jldTo(outer, "-shared", "-soname=libouter.so", o, inner).ok();
    Path main = w.c("main", "int f(void), g(void); void _start(void) { f(); g(); }");
    w.jld(main, outer)
        .failed("undefined reference to 'f'", inner + ", which " + outer + " needs, defines it");
    w.jld(main, outer, inner).ok();
    Files.delete(inner);
    assertFalse(w.jld(main, outer).failed("undefined reference to 'f'").err().contains("needs"));
  }

  @ParameterizedTest
  @EnumSource
  void manyErrors(Target target) {
    Workbench w = workbench(target);
    StringBuilder calls = new StringBuilder("void _start(void) {");
    for (int i = 0; i < 60; i++) {
      calls
          .append("extern void missing")
          .append(i)
          .append("(void); missing")
          .append(i)
          .append("();");
    }
    Path o = w.c("many", calls + "}");
    Linked x = w.jld(o).failed("missing0", "missing19");
    assertEquals(
        20, x.err().lines().filter(l -> l.contains("undefined reference")).count(), x::toString);
    x.says("40 more");
    Linked all = w.jld("--error-limit=0", o).failed("missing59");
    assertEquals(60, all.err().lines().filter(l -> l.contains("undefined reference")).count());
  }

  @ParameterizedTest
  @EnumSource
  void undefinedInArchiveNamesTheMember(Target target) throws IOException {
    Workbench w = workbench(target);
    Tools.need("ar");
    Path a = w.c("start", "void f(void); void _start(void) { f(); }");
    Path lib =
        w.archive("libf.a", w.c("member", "void missing(void); void f(void) { missing(); }"));
    w.jld(a, lib)
        .failed("libf.a(member.o):(.text+0x", "undefined reference to 'missing'", "function f");
    byte[] was = Files.readAllBytes(lib);
    w.jld(a, lib);
    assertArrayEquals(was, Files.readAllBytes(lib), "inputs are not touched");
  }

  @ParameterizedTest
  @EnumSource
  void fatalWarnings(Target target) {
    Workbench w = workbench(target);
    Path o = w.c("nostart", "void f(void) {}");
    w.jld("--fatal-warnings", o).failed("cannot find entry symbol _start");
    w.jld("--no-warnings", o).silent().ok();
  }
}
