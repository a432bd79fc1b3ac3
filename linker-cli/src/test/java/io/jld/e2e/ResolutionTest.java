package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which file answers a reference, where objects, archives and libraries offer something. */
class ResolutionTest {
  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    return new Workbench(dir, target);
  }

  private Path library(Workbench w, String name, String source) {
    Path o = w.c(name, source, "-fPIC");
    Linked l = w.gcc("-shared", "-nostdlib", o).ok();
    return l.output();
  }

  static Stream<Arguments> kinds() {
    return Stream.of(Target.values())
        .flatMap(
            t ->
                Stream.of("-no-pie", "-pie", "-shared", "-static", "-r")
                    .map(k -> Arguments.of(t, k)));
  }

  /** Thread-local in one object and not in the other: refused in every kind of output. */
  @ParameterizedTest
  @MethodSource("kinds")
  void threadLocalAndNot(Target target, String kind) {
    Workbench w = workbench(target);
    Path plain = w.c("plain", "extern int v; int main(void) { return v; }", "-fPIC");
    Path tls = w.c("tls", "__thread int v;", "-fPIC");
    Path plainDef = w.c("plaindef", "int v = 1;", "-fPIC");
    Path tlsRef = w.c("tlsref", "extern __thread int v; int main(void) { return v; }", "-fPIC");
    Path weak = w.c("weak", "__attribute__((weak)) int v = 1;", "-fPIC");
    for (List<Path> objects :
        List.of(
            List.of(plain, tls),
            List.of(tls, plain),
            List.of(plainDef, tlsRef),
            List.of(tlsRef, plainDef),
            List.of(weak, tls, tlsRef))) {
      w.gcc(kind, objects)
          .failed("'v': thread-local", objects.contains(plainDef) ? "plaindef.o" : "tls.o");
    }
    assertEquals(0, w.gcc(kind, tls, tlsRef).status());
  }

  @ParameterizedTest
  @EnumSource
  void threadLocalInLibrary(Target target) {
    Workbench w = workbench(target);
    Path plain = w.c("plain", "extern int v; int main(void) { return v; }");
    Path tlsRef = w.c("tlsref", "extern __thread int v; int main(void) { return v; }");
    Path tls = library(w, "libtls", "__thread int v = 3;");
    Path not = library(w, "libnot", "int v = 3;");
    w.gcc(plain, tls).failed("'v': thread-local definition in", "reference in");
    w.gcc(tlsRef, not).failed("'v': thread-local reference in", "other definition in");
  }

  /** Hidden and protected: defined in this output (gABI, "Symbol Visibility"). */
  @ParameterizedTest
  @MethodSource("kinds")
  void ownIsNotALibrarys(Target target, String kind) {
    if (kind.equals("-static") || kind.equals("-r")) {
      return; // without libraries
    }
    Workbench w = workbench(target);
    Path lib = library(w, "libf", "int f(void) { return 1; } int v = 1;");
    for (String visibility : new String[] {"hidden", "internal", "protected"}) {
      String f = "int f(void) __attribute__((visibility(\"" + visibility + "\")));";
      String v = "extern int v __attribute__((visibility(\"" + visibility + "\")));";
      Path main = w.c("main", f + v + "int main(void) { return f() * 10 + v - 22; }", "-fPIC");
      w.gcc(kind, main, lib).failed("undefined reference to 'f'", "undefined reference to 'v'");
      w.gcc(kind, "-Wl,--as-needed", main, lib).failed("undefined reference to 'f'");
      Path def = w.c("def", "int f(void) { return 2; } int v = 2;", "-fPIC");
      Path archive = w.archive("def.a", def);
      for (Object[] order :
          new Object[][] {{main, lib, archive}, {lib, main, archive}, {main, archive, lib}}) {
        Linked x = w.gcc(kind, "-Wl,--no-as-needed", order).silent().ok();
        if (!kind.equals("-shared")) {
          assertEquals(0, x.run().status(), x::toString);
        }
      }
    }
  }

  /** The entry is looked for in archives and between {@code --start-lib} and {@code --end-lib}. */
  @ParameterizedTest
  @EnumSource
  void entryInArchive(Target target) {
    Workbench w = workbench(target);
    Path start = w.asm("start", ".globl _start, other\n_start: other: ret\n");
    Path archive = w.archive("start.a", start);
    for (Object[] args :
        new Object[][] {
          {archive},
          {"-pie", archive},
          {"--start-lib", start, "--end-lib"},
          {"--start-lib", start},
          {"-e", "other", archive},
          {"-shared", "-e", "other", archive}
        }) {
      Linked x = w.jld("-m", target.emulation, args).ok();
      assertFalse(x.err().contains("entry"), x::toString);
      assertTrue(x.elf().symbols().stream().anyMatch(s -> s.name().equals("_start")), x::toString);
    }
    Linked shared = w.jld("-m", target.emulation, "-shared", archive).ok();
    assertTrue(shared.elf().symbols().stream().noneMatch(s -> s.name().equals("_start")));
  }

  /** A shared library asks for what an object has as undefined, whether it uses it or not. */
  @ParameterizedTest
  @EnumSource
  void undefinedUnreferenced(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("o", ".globl missing\n.weak nothing\n");
    Linked x = w.jld("-m", target.emulation, "-shared", o).ok();
    assertEquals(List.of("missing"), undefined(x));
    assertEquals(
        List.of(), undefined(w.jld("-m", target.emulation, "-shared", "--gc-sections", o).ok()));
  }

  /** Only strong data takes a common symbol's place from an archive. */
  @ParameterizedTest
  @EnumSource
  void membersForCommonSymbols(Target target) throws IOException {
    Workbench w = workbench(target);
    Path common = w.asm("common", ".comm x, 8, 8\n.globl _start\n_start: ret\n");
    String data = ".data\nx: .zero 8\n";
    for (String member :
        new String[] {
          ".weak x\n" + data,
          ".globl x\n.type x, @function\nx: ret\n",
          ".globl x\n.type x, @gnu_indirect_function\nx: ret\n",
          ".comm x, 16, 8\n"
        }) {
      Path archive = w.archive("m.a", w.asm("m", member));
      Linked x = w.jld("-m", target.emulation, common, archive).ok();
      assertEquals(8, x.elf().symbol("x").size(), member);
      Files.delete(archive);
    }
    Path strong = w.archive("s.a", w.asm("s", ".globl x\n" + data));
    Linked x = w.jld("-m", target.emulation, "-t", "-t", common, strong).ok();
    assertTrue(x.out().contains("s.o"), x::toString);
  }

  /** A library's code finds a common symbol in the place of its own data, which may be larger. */
  @ParameterizedTest
  @EnumSource
  void commonSymbolsAreAsLargeAsTheLibrarys(Target target) {
    Workbench w = workbench(target);
    String fill = "int end = 5; void fill(void) { for (int i = 0; i < 64; i++) v[i] = i; }";
    Path lib = library(w, "libv", "int v[64] = {0};" + fill);
    Path tls = library(w, "libt", "__thread int v[64];");
    Path main =
        w.c(
            "main",
            "int v[2]; int w[200]; void fill(void); int main(void) { fill(); return w[0]; }",
            "-fcommon");
    Linked x = w.gcc(main, lib).ok();
    assertEquals(256, x.elf().symbol("v").size());
    assertEquals(0, x.run().status(), x::toString);
    Path thread = w.asm("thread", ".tls_common v, 8, 8\n");
    assertEquals(
        256, w.jld("-m", target.emulation, "-shared", thread, tls).ok().elf().symbol("v").size());
    Path other = library(w, "libo", "int v(void) { return 0; }");
    Path alone = w.c("alone", "int v[2]; int main(void) { return v[0]; }", "-fcommon");
    assertEquals(8, w.gcc(alone, other).ok().elf().symbol("v").size());
  }

  /** The loader is told that an undefined symbol is thread-local. */
  @ParameterizedTest
  @EnumSource
  void undefinedThreadLocal(Target target) {
    Workbench w = workbench(target);
    for (String weak : new String[] {"", "__attribute__((weak)) "}) {
      Path o = w.c("o", weak + "extern __thread int v; int *f(void) { return &v; }", "-fPIC");
      Linked x = w.jld("-m", target.emulation, "-shared", o).ok();
      assertTrue(
          x.elf().symbols(".dynsym").stream().anyMatch(s -> s.name().equals("v") && s.type() == 6),
          x::toString);
    }
  }

  /** What is often behind an undefined symbol of C++ is said. */
  @ParameterizedTest
  @EnumSource
  void hintsForCxx(Target target) {
    Workbench w = workbench(target);
    Tools.needCxx(target);
    Path c =
        w.c(
            "c",
            "int in_c(int x) { return x; } int in_cxx(int); int user(void) { return in_cxx(1); }");
    Path cxx =
        w.cxx(
            "cxx",
            "int in_c(int); int in_cxx(int x) { return x; } struct K { virtual int key(); }; int"
                + " main() { K k; return in_c(1) + k.key(); }");
    w.gcc(c, cxx)
        .failed(
            "did you mean: extern \"C\" in_c, defined in",
            "the C++ function in_cxx(int) is defined in",
            "may lack the definition of its key function");
  }

  /** A compiler's own library is missing, and no other symbol was meant. */
  @ParameterizedTest
  @EnumSource
  void hintsForLibrariesOfCompilers(Target target) {
    Workbench w = workbench(target);
    Tools.needCxx(target);
    Path cxx =
        w.cxx(
            "cxx",
            "#include <string>\n"
                + "struct A { ~A(); }; void g(); int main(int n, char **) { if (n) throw 1; A a;"
                + " g(); std::string s(\"a\"); throw A(); }");
    Path others =
        w.asm(
            "others",
            ".globl __gcc_personality_v0, __zzdivdi3\n__gcc_personality_v0: __zzdivdi3: ret\n"
                + "call __zzudivdi3\ncall GOMP_parallel\ncall __cxa_atexi_\ncall __cxa_finaliz\n");
    Linked x = w.gcc("-Wl,--error-limit=0", cxx, others);
    x.failed(
        "undefined reference to '__gxx_personality_v0'", "undefined reference to '__zzudivdi3'");
    assertFalse(x.err().contains("did you mean: __gcc"), x::toString);
    assertFalse(x.err().contains("did you mean: __zzdivdi3"), x::toString);
    for (String name :
        List.of(
            "'__gxx_personality_v0'",
            "'__cxa_throw'",
            "'vtable for __cxxabiv1::",
            "'typeinfo for int'",
            "'std::allocator<char>::allocator()'")) {
      assertTrue(hint(x, name).contains("the C++ library: link with g++"), () -> name + x);
    }
    assertTrue(hint(x, "'GOMP_parallel'").contains("link with -fopenmp"), x::toString);
    Linked bare = w.jld("-m", target.emulation, cxx);
    assertTrue(hint(bare, "'__gxx_personality_v0'").contains("link with g++"), bare::toString);
    Path atexit = w.asm("atexit", ".globl _start\n_start: call __cxa_atexit\n");
    Linked libc = w.jld("-m", target.emulation, atexit);
    assertFalse(libc.err().contains("C++"), libc::toString);
    Path missing = w.asm("missing", ".globl f\nf: call __cxa_nothing\n");
    Linked with = w.jld(w.commandLine("g++", w.cxx("m", "int main() { throw 1; }"), missing));
    with.failed("undefined reference to '__cxa_nothing'");
    assertFalse(with.err().contains("link with g++"), with::toString);
  }

  /** What is said of the first undefined symbol whose message has some text. */
  private static String hint(Linked x, String text) {
    StringBuilder hint = new StringBuilder();
    boolean found = false;
    for (String line : x.err().lines().toList()) {
      if (line.contains("error: ")) {
        if (found) {
          break;
        }
        found = line.contains(text);
      }
      hint.append(found ? line + "\n" : "");
    }
    return hint.toString();
  }

  private List<String> undefined(Linked x) {
    return Proc.run(dir, List.of("nm", "-D", "-u", x.output().toString()))
        .ok()
        .out()
        .lines()
        .map(l -> l.trim().replaceFirst("^[Uw] ", ""))
        .toList();
  }
}
