package io.jld.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.cli.Main;
import io.jld.link.NameBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Names are bytes: those that are not UTF-8 come through every table as they are, and two names
 * stay two. In the sources here {@code \351} and {@code \352} are such bytes, which in strings that
 * were read as ISO 8859-1 are the characters with these numbers.
 */
class NamesTest {
  private static final String E9 = "\u00e9";
  private static final String EA = "\u00ea";

  @TempDir Path dir;

  private Path bytes(String name, String content) throws IOException {
    return Files.write(dir.resolve(name), content.getBytes(ISO_8859_1));
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private static void assertNames(ElfImage elf, String table, String... names) {
    String all = latin1(elf.content(table));
    for (String n : names) {
      assertTrue(all.contains("\0" + n + "\0"), () -> n + " is not in " + table + ": " + all);
    }
  }

  /** The loader finds each by its hash, of both kinds. */
  @ParameterizedTest
  @CsvSource({"AMD64, gnu", "AMD64, sysv", "X86, gnu", "X86, sysv"})
  void dynamicSymbols(Target target, String hash) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path library = dir.resolve("libn.so");
    Path functions =
        w.c(
            "lib",
            """
            #define F(f, name, n) int f(void) __asm__(name); int f(void) { return n; }
            F(a, "n\\351", 1) F(b, "n\\352", 2) F(c, "h\\303\\251", 4) F(d, "n\\303", 8)
            """,
            "-fPIC");
    w.jldTo(library, "-shared", "--hash-style=" + hash, functions).ok().silent();
    assertNames(ElfImage.read(library), ".dynstr", "n" + E9, "n" + EA, "h\u00c3\u00a9", "n\u00c3");
    Path main =
        w.c(
            "main",
            """
            int a(void) __asm__("n\\351"), b(void) __asm__("n\\352");
            int c(void) __asm__("h\\303\\251"), d(void) __asm__("n\\303");
            int main(void) { return a() | b() | c() | d(); }
            """);
    Linked program = w.gcc(main, library, "-Wl,-rpath," + dir).silent();
    assertEquals(15, program.run().status());
    assertNames(program.elf(), ".strtab", "n" + E9, "n" + EA);
  }

  /**
   * A reference to a version that a library defines, which the library need not offer by default.
   */
  @ParameterizedTest
  @EnumSource
  void versions(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String symver =
        """
        __asm__(".symver a, n\\351@V\\352"); __asm__(".symver b, h\\303\\251@V1");
        __asm__(".symver c, n\\352@V1"); __asm__(".symver d, h\\303\\251@V\\352");
        """;
    String source = "int a(void) { return 1; } int b(void) { return 2; } ";
    source += "int c(void) { return 4; } int d(void) { return 8; }\n";
    Path library = dir.resolve("libv.so");
    Path script = bytes("v.map", "V" + EA + " { }; V1 { };");
    Path versions = w.c("lib", source + symver, "-fPIC");
    w.jldTo(library, "-shared", "--version-script", script, versions).ok().silent();
    assertNames(ElfImage.read(library), ".dynstr", "n" + E9, "n" + EA, "V" + EA);
    String main = "int a(void), b(void), c(void), d(void);\n";
    main += "int main(void) { return a() | b() | c() | d(); }\n";
    Linked program = w.gcc(w.c("main", main + symver), library, "-Wl,-rpath," + dir).silent();
    assertEquals(15, program.run().status());
  }

  @ParameterizedTest
  @EnumSource
  void sectionsAndRelocatableObjects(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path object =
        w.c(
            "main",
            """
            #define IN(s) __attribute__((section(s)))
            IN("s\\351") int one = 1;
            IN("s\\352") int two = 2;
            static int f(void) __asm__("f\\351");
            static __attribute__((noinline)) int f(void) { return one; }
            int g(void) __asm__("g\\352");
            int g(void) { return two; }
            int main(void) { return f() + g(); }
            """);
    for (int i = 0; i < 3; i++) {
      Linked program = w.gcc(object).silent();
      assertEquals(3, program.run().status());
      ElfImage elf = program.elf();
      assertNames(elf, ".strtab", "f" + E9, "g" + EA);
      assertNames(elf, ".shstrtab", "s" + E9, "s" + EA);
      Path again = dir.resolve("again" + i + ".o");
      w.jldTo(again, "-r", object).silent();
      elf = ElfImage.read(again);
      assertNames(elf, ".strtab", "f" + E9, "g" + EA);
      assertNames(elf, ".shstrtab", "s" + E9, "s" + EA);
      object = again;
    }
  }

  /** What the command line, scripts and lists say about names. */
  @ParameterizedTest
  @EnumSource
  void namesInOptions(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path object =
        w.c(
            "lib",
            """
            #define F(f, name) int f(void) __asm__(name); int f(void) { return 1; }
            F(a, "a\\351") F(b, "a\\352") F(c, "b\\351") F(d, "b\\352") F(e, "c\\351") F(f, "c\\352")
            """,
            "-fPIC");
    bytes("v.map", "{ global: a" + E9 + "; *[" + EA + "]; new*; local: *; };");
    Path rsp =
        bytes(
            "options",
            "-shared -soname so%1 -rpath /r%1 --defsym new%1=c%1 --version-script v%1.map"
                .replace("v%1", dir + "/v")
                .replace("%1", E9));
    ElfImage elf = w.jld("@" + rsp, object).silent().elf();
    assertNames(elf, ".dynstr", "so" + E9, "/r" + E9);
    assertNames(elf, ".dynstr", "a" + E9, "a" + EA, "b" + EA, "c" + EA, "new" + E9);
    String strings = latin1(elf.content(".dynstr"));
    assertFalse(strings.contains("b" + E9) || strings.contains("\0c" + E9), strings);
    Path list = bytes("list", "{ b" + E9 + "; };");
    Path main = w.c("main", "int main(void) { return 0; }");
    elf = w.gcc(main, object, "-Wl,--dynamic-list=" + list).silent().elf();
    assertNames(elf, ".dynstr", "b" + E9);
    assertFalse(latin1(elf.content(".dynstr")).contains("b" + EA));
    Path retain = bytes("retain", "a" + E9 + " main");
    elf = w.gcc(main, object, "-Wl,--retain-symbols-file=" + retain).silent().elf();
    assertNames(elf, ".strtab", "a" + E9);
    assertFalse(latin1(elf.content(".strtab")).contains("a" + EA));
  }

  /** In quotes they may have any bytes, and so may the names of scripts. */
  @ParameterizedTest
  @EnumSource
  void namesInScripts(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path object = w.c("x", "int x(void) { return 1; }", "-fPIC");
    String inner = "\"k" + EA + "\" = 7;";
    Files.write(NameBytes.path(dir + "/i\uDCE9.ld"), inner.getBytes(ISO_8859_1));
    String outer = "\"m" + E9 + "\" = 6; INCLUDE \"" + dir + "/i" + E9 + ".ld\"";
    Files.write(NameBytes.path(dir + "/o\uDCEA.ld"), outer.getBytes(ISO_8859_1));
    for (String how : List.of("", "-T ")) {
      Path line = options(how + dir + "/o%2.ld", target);
      ElfImage elf = w.jld("-shared", object, "@" + line).silent().elf();
      assertNames(elf, ".dynstr", "m" + E9, "k" + EA);
    }
  }

  /** Of files: members of an archive, the symbols around a file's data, the default soname. */
  @ParameterizedTest
  @EnumSource
  void namesOfFiles(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    byte[] code = Files.readAllBytes(w.c("x", "int x(void) { return 1; }", "-fPIC"));
    for (String name : List.of("s\uDCE9.o", "long_name_of_a_member_\uDCEA.o", "n\uDCE9\u00e9")) {
      Files.write(NameBytes.path(dir + "/" + name), code);
    }
    Path archive = dir.resolve("lib.a");
    String hosts = "--start-lib s%1.o long_name_of_a_member_%2.o --end-lib";
    String line = "-m %0 --archive " + hosts.replaceAll("(s%1|long)", dir + "/$1");
    Path object = w.c("main", "int x(void); int main(void) { return x(); }");
    w.jldTo(archive, object, "@" + options(line, target)).silent();
    String members = latin1(Files.readAllBytes(archive));
    assertTrue(members.contains("s" + E9 + ".o/ "), members);
    assertTrue(members.contains("long_name_of_a_member_" + EA + ".o/\n"), members);
    line =
        "-shared -b binary n%1\u00c3\u00a9 -b default s%1.o".replaceAll("(n%1|s%1)", dir + "/$1");
    ElfImage elf = w.jld("@" + options(line, target)).silent().elf();
    String name = "_binary_" + (dir + "/n").replaceAll("[^0-9A-Za-z]", "_") + "____start";
    assertTrue(elf.hasSymbol(name), () -> name + " is not there");
    Path library = NameBytes.path(dir + "/lib\uDCEA.so");
    Files.copy(w.jld("-shared", dir.resolve("x.o")).silent().output(), library);
    elf = w.jld(object, "-e", "main", "@" + options(dir + "/lib%2.so", target)).silent().elf();
    assertNames(elf, ".dynstr", dir + "/lib" + EA + ".so");
  }

  /** A file with options, in which %1 and %2 are bytes that are not UTF-8. */
  private Path options(String line, Target target) throws IOException {
    line = line.replace("%0", target.emulation).replace("%1", E9).replace("%2", EA);
    return bytes("options" + line.hashCode(), line);
  }

  @ParameterizedTest
  @EnumSource
  void namesOfCxx(Target target) {
    Tools.needC(target);
    Tools.need("g++", "c++filt");
    Workbench w = new Workbench(dir, target);
    Path object =
        w.cxx("x", "int f\u00e9(int x) { return x; } int g(int x) { return x; }", "-fPIC");
    Path script = w.file("x.map", "{ global: extern \"C++\" { \"f\u00e9(int)\"; }; local: *; };");
    ElfImage elf = w.jld("-shared", object, "--version-script", script).silent().elf();
    assertNames(elf, ".dynstr", "_Z3f\u00c3\u00a9i");
    assertFalse(latin1(elf.content(".dynstr")).contains("_Z1gi"));
    // none of the names is one of C++
    Path c = w.c("c", "int _Zap(int x) { return x; }", "-fPIC");
    w.jld("-shared", c, "--version-script", script).silent().ok();
  }

  /** So that they can be found again with the bytes that they have. */
  @ParameterizedTest
  @EnumSource
  void printedNames(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path object =
        w.c(
            "lib",
            "int a(void) __asm__(\"a\\351\"), b(void) __asm__(\"b\\352\"); int a(void) { return"
                + " b(); }",
            "-fPIC",
            "-g");
    Path map = dir.resolve("map");
    w.jld("-shared", object, "-Map", map).silent();
    assertTrue(latin1(Files.readAllBytes(map)).contains(" a" + E9 + "\n"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> line =
        Workbench.strings("-shared", "-z", "defs", object, "-o", dir.resolve("no"), "-M");
    int status =
        Main.run(
            line.toArray(String[]::new),
            new PrintStream(out, true, ISO_8859_1),
            new PrintStream(err, true, ISO_8859_1));
    assertEquals(1, status);
    assertTrue(latin1(err.toByteArray()).contains("b" + EA), latin1(err.toByteArray()));
    line = Workbench.strings("-shared", object, "-o", dir.resolve("yes"), "-M");
    status =
        Main.run(
            line.toArray(String[]::new),
            new PrintStream(out, true, ISO_8859_1),
            new PrintStream(err, true, ISO_8859_1));
    assertEquals(0, status);
    assertTrue(latin1(out.toByteArray()).contains(" a" + E9 + "\n"));
  }
}
