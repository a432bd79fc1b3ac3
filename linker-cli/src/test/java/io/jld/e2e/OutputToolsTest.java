package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.Linker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What other tools make of the outputs: readelf, eu-elflint, gdb. */
class OutputToolsTest {
  @TempDir Path dir;

  private static final String SOURCE =
      """
      #include <iostream>
      #include <stdexcept>
      thread_local int counter = 3;
      int common;
      extern "C" int absent() __attribute__((weak));
      static int f(int n) {
        if (n > 2) throw std::runtime_error("deep");
        return f(n + 1) + counter;
      }
      int main() {
        try {
          return f(0) + (absent ? absent() : 0);
        } catch (std::exception &e) {
          std::cout << e.what() << std::endl;
        }
      }
      """;

  /**
   * Fails if readelf has anything to say against the file, or eu-elflint more than against GNU
   * ld's.
   */
  static void check(Linked ours, Linked gnu) {
    Path dir = ours.output().getParent();
    if (Tools.has("readelf")) {
      Proc p = Proc.run(dir, List.of("readelf", "-aW", ours.ok().output().toString()));
      assertEquals("", p.err(), () -> "readelf: " + p.err());
      assertEquals(0, p.status());
    }
    if (Tools.has("eu-elflint")) {
      Set<String> all = complaints(ours);
      all.removeAll(complaints(gnu));
      assertEquals(Set.of(), all);
    }
  }

  /** What eu-elflint says, without numbers. */
  private static Set<String> complaints(Linked x) {
    Proc p =
        Proc.run(
            x.output().getParent(), List.of("eu-elflint", "--gnu-ld", x.ok().output().toString()));
    return (p.out() + p.err())
        .lines()
        .filter(l -> !l.equals("No errors"))
        .map(l -> l.replaceAll("0x[0-9a-f]+|\\d+", "N").replaceAll("\\[ *N\\]", "[N]"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @CsvSource({"AMD64,-static", "AMD64,-static-pie", "X86,-static", "X86,-static-pie"})
  void programs(Target target, String mode) {
    Tools.needCxx(target);
    Tools.need("readelf", "eu-elflint");
    Workbench w = new Workbench(dir, target);
    Path o = w.cxx("all", SOURCE, "-g", "-fPIC");
    for (String[] options :
        new String[][] {
          {}, {"-s"}, {"-Wl,--gc-sections", "-Wl,-z,norelro"}, {"-Wl,-z,noseparate-code"}
        }) {
      List<String> line = w.commandLine("g++", mode, options, o);
      check(w.jld(line).silent(), w.ld(line));
    }
  }

  private static final String ALL_KINDS_OF_DATA =
      """
      #include <stdio.h>
      int data = 5, zero[3000];
      static __thread volatile char small = 3, more;
      static __thread volatile int large[4] __attribute__((aligned(32)));
      const char *const names[] = {"a", "b"};
      extern int read_only; // copied where it comes from a library
      __attribute__((constructor)) static void start(void) { zero[2999] = data; }
      int use(void) {
        return printf("%d %d %s %d\\n", small + more + large[3], zero[2999], names[1], read_only);
      }
      """;

  /**
   * Tools that write a file anew make the segments of the sections that are in them: what becomes
   * read-only stays in one that is loaded, and programs go on.
   */
  @ParameterizedTest
  @CsvSource({
    "AMD64,-pie", "AMD64,-no-pie", "AMD64,-shared", "AMD64,-static", "AMD64,-static-pie",
    "X86,-pie", "X86,-no-pie", "X86,-shared", "X86,-static", "X86,-static-pie"
  })
  void rewritten(Target target, String mode) {
    Tools.needC(target);
    Tools.need("strip", "objcopy", "eu-elflint");
    Workbench w = new Workbench(dir, target);
    boolean fixed = mode.equals("-no-pie") || mode.equals("-static");
    boolean shared = mode.equals("-shared");
    Path data =
        w.c(
            "data",
            ALL_KINDS_OF_DATA,
            "-g",
            "-O1",
            fixed ? "-fno-pic" : shared ? "-fPIC" : "-fpie");
    Path main = w.c("main", "int use(void); int main(void) { return use() != 8; }");
    Path constant = w.c("constant", "const int read_only = 7;", "-fPIC");
    Path library = w.jld("-m", target.emulation, "-shared", constant).ok().output();
    Object provider = mode.startsWith("-static") ? constant : library;
    for (String options :
        List.of(
            "",
            "-z now",
            "-z noseparate-code",
            "-z norelro",
            "-z max-page-size=0x10000",
            "-z max-page-size=0x10000 -z common-page-size=0x10000 -z noseparate-code",
            "--section-start=.got=0x20000e00")) {
      List<String> wl = new ArrayList<>();
      for (String o : options.isEmpty() ? new String[0] : options.split(" ")) {
        wl.addAll(List.of("-Xlinker", o));
      }
      Linked x = w.jld(w.commandLine("gcc", mode, wl, data, shared ? List.of() : main, provider));
      x.silent().ok();
      assertContent(x.output(), options);
      for (String tool : List.of("strip", "strip -g", "objcopy")) {
        Path rewritten = w.newOutput();
        List<String> command = new ArrayList<>(List.of(tool.split(" ")));
        command.add(x.output().toString());
        command.addAll(tool.startsWith("strip") ? List.of("-o") : List.of());
        command.add(rewritten.toString());
        assertEquals("", Proc.run(dir, command).ok().err(), tool);
        assertContent(rewritten, tool + " " + options);
        Path program = shared ? w.gcc("-pie", main, rewritten).ok().output() : rewritten;
        Proc run = Proc.run(dir, List.of(program.toString())).ok();
        assertEquals("3 5 b 7\n", run.out(), () -> tool + " " + options);
      }
    }
  }

  private void assertContent(Path file, String what) {
    Proc p = Proc.run(dir, List.of("eu-elflint", "--gnu-ld", file.toString()));
    String errors =
        p.out()
            .lines()
            // it says these of GNU ld's files too: symbols in .tbss, __ehdr_start, no .symtab to
            // which a static program's relocations refer
            .filter(l -> !l.contains("'.symtab': symbol ") && !l.contains("invalid symbol index"))
            .collect(Collectors.joining("\n"));
    assertEquals(errors.isEmpty() ? "" : "No errors", errors, what);
  }

  /** {@code .comment} says who has linked, once, beside who has compiled; not for objects. */
  @ParameterizedTest
  @EnumSource
  void linkerInComment(Target target) {
    Tools.need("gcc", "readelf");
    Workbench w = new Workbench(dir, target);
    Path c = w.c("c", "void _start(void) {}", "-fPIC");
    Path bare = w.asm("bare", ".globl _start\n_start: nop");
    Path relocatable = w.jld("-r", c).silent().output();
    assertEquals(1, comments(relocatable).size(), "the compiler's alone");
    for (String mode : new String[] {"-no-pie", "-pie", "-shared", "-O2"}) {
      assertEquals(2, comments(w.jld(mode, c).ok().output()).size(), mode);
      String line = comments(w.jld(mode, bare).ok().output()).toString();
      assertEquals("[Linker: jld " + Linker.VERSION + "]", line);
      assertEquals(2, comments(w.jld(mode, relocatable).ok().output()).size(), mode);
    }
  }

  private List<String> comments(Path file) {
    return Proc.run(dir, List.of("readelf", "-p", ".comment", file.toString()))
        .ok()
        .out()
        .lines()
        .filter(l -> l.contains("]  "))
        .map(l -> l.replaceFirst(".*?]  ", ""))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(names = "AMD64")
  void musl(Target target) {
    Tools.need("musl-gcc", "ld", "readelf", "eu-elflint");
    Workbench w = new Workbench(dir, target);
    Path o =
        w.compile("musl-gcc", "hello", ".c", "#include <stdio.h>\nint main(void) { puts(\"x\"); }");
    List<String> line = w.commandLine("musl-gcc", "-static", o);
    check(w.jld(line).silent(), w.ld(line));
  }

  @ParameterizedTest
  @CsvSource({"AMD64,-static", "AMD64,-static-pie", "X86,-static", "X86,-static-pie"})
  void debugger(Target target, String mode) {
    Tools.needCxx(target);
    Tools.needDebugger(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.cxx("all", SOURCE, "-g", "-fPIC");
    Linked x = w.jld(w.commandLine("g++", mode, o)).silent().ok();
    Proc p =
        Proc.run(
            dir,
            List.of(
                "gdb",
                "-nx",
                "-batch",
                "-iex",
                "set debuginfod enabled off",
                "-ex",
                "set startup-with-shell off",
                "-ex",
                "break main",
                "-ex",
                "break f if n == 2",
                "-ex",
                "run",
                "-ex",
                "bt",
                "-ex",
                "continue",
                "-ex",
                "bt",
                x.output().toString()));
    assumeTrue(!p.err().contains("ptrace"), () -> "no ptrace here: " + p.err());
    int line = 11;
    assertTrue(p.out().contains("main () at " + dir + "/all.cc:" + (line + 1)), p::toString);
    assertTrue(
        p.out().contains("#2 ") && p.out().contains("f (n=0) at " + dir + "/all.cc:8"),
        p::toString);
    assertTrue(p.out().contains("#3 ") && p.out().contains("main () at "), p::toString);
  }
}
