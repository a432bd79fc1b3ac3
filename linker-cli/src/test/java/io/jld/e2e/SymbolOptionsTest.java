package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options about names and common symbols, beside GNU ld. */
class SymbolOptionsTest {
  @TempDir Path dir;

  private static Set<String> names(ElfImage elf) {
    return elf.symbols().stream()
        .map(ElfImage.Symbol::name)
        .filter(n -> !n.isEmpty() && !n.endsWith(".o")) // GNU ld makes names of files up
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @EnumSource
  void retainSymbolsFile(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path a =
        w.c(
            "a",
            "static int kept_local = 1, local = 2; int f(void) { return kept_local++ + local++; }"
                + " int main(void) { return f(); }",
            "-fno-pic",
            "-g");
    Path b = w.c("b", "int f(void); extern int x; int g(void) { return f() + x; } int x;", "-fPIC");
    Path list = w.file("list", "main\n  kept_local printf\nabsent\n");
    String option = "-Wl,--retain-symbols-file=" + list;
    for (String kind : List.of("-no-pie", "-static")) {
      Linked x = w.sameAsLd("gcc", kind, a, b, option).silent();
      Set<String> shown = new TreeSet<>(Set.of("main", "kept_local"));
      shown.addAll(names(x.elf()).contains("printf") ? Set.of("printf") : Set.of());
      assertEquals(shown, names(x.elf()));
      assertTrue(x.elf().hasSection(".debug_info"));
    }
    Object[] r = {"-r", "-m", target.emulation, a, b, "--retain-symbols-file=" + list};
    Linked ours = w.jld(r);
    assertEquals(0, ours.status(), ours::toString);
    assertEquals(names(ElfImage.read(w.ld(r).output())), names(ElfImage.read(ours.output())));
    assertEquals(3, w.gcc("-no-pie", ours.output(), option).run().status());
    // the last one counts
    assertEquals(Set.of(), names(w.gcc(a, option, "-Wl,-s").elf()));
    assertTrue(names(w.gcc(a, "-Wl,-s", option).elf()).contains("main"));
    w.gcc(a, option, "-Wl,-q").failed("--emit-relocs and --retain-symbols-file");
  }

  private static List<String> commonsByAddress(ElfImage elf) {
    return elf.symbols().stream()
        .filter(s -> s.name().matches("c[0-9]"))
        .sorted(Comparator.comparingLong(ElfImage.Symbol::value))
        .map(ElfImage.Symbol::name)
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void sortCommon(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String source =
        "char c1; int c2 __attribute__((aligned(16))); short c3; char c4; int c5;"
            + " int main(void) { return c1 + c2 + c3 + c4 + c5; }";
    Path o = w.c("a", source, "-fcommon", "-fno-pic");
    for (String order : List.of("", "=ascending", "=descending")) {
      Object[] line = {"-m", target.emulation, "-e", "main", o, "--sort-common" + order};
      assertEquals(
          order.equals("=ascending")
              ? List.of("c1", "c4", "c3", "c5", "c2")
              : List.of("c2", "c5", "c3", "c1", "c4"),
          commonsByAddress(w.jld(line).silent().elf()));
    }
    assertEquals(0, w.sameAsLd("gcc", "-no-pie", o, "-Wl,--sort-common").run().status());
  }

  /** A library's common symbol is the program's. */
  @ParameterizedTest
  @EnumSource
  void noDefineCommon(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Path lib =
        d.bench.c(
            "lib", "int shared_one; int *f(void) { return &shared_one; }", "-fPIC", "-fcommon");
    d.library("a", lib, "-Wl,--no-define-common");
    ElfImage elf = ElfImage.read(d.dir("jld").resolve("liba.so"));
    assertEquals(
        0,
        elf.symbols(".dynsym").stream()
            .filter(s -> s.name().equals("shared_one"))
            .findFirst()
            .get()
            .shndx());
    for (String kind : List.of("-fno-pic", "-fpie")) {
      Path main =
          d.bench.c(
              "main",
              "int *f(void); int shared_one = 5; int main(void) { ++*f(); return f() == &shared_one"
                  + " ? shared_one : 1; }",
              kind);
      Linked x = d.program(kind.equals("-fpie") ? "-pie" : "-no-pie", main, "-la");
      assertEquals(6, x.run().status());
    }
  }

  private List<String> versions(Path file) {
    return Proc.run(dir, List.of("readelf", "-VW", "--dyn-syms", file.toString()))
        .ok()
        .out()
        .lines()
        .filter(l -> l.contains("FUNC") || l.contains("Flags"))
        .filter(l -> !l.contains("GLIBC") && !l.contains("__"))
        .map(l -> l.replaceFirst(".*(FUNC|Rev|Name)", "$1").replaceAll(" +[0-9]+ |\\(\\d+\\)", " "))
        .map(l -> l.replaceFirst("Version: \\d+", "").strip())
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void defaultVersions(Target target) {
    Tools.needC(target);
    Tools.need("readelf");
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path lib = w.c("lib", "int va(void) { return 20; } int vb(void) { return va() + 2; }", "-fPIC");
    Path script = w.file("script", "V1 { va; };");
    for (List<String> how :
        List.of(
            List.of("-Wl,--default-symver"),
            List.of("-Wl,--default-symver", "-Wl,--version-script=" + script))) {
      d.library("v", lib, how);
      assertEquals(
          versions(d.dir("ld").resolve("libv.so")), versions(d.dir("jld").resolve("libv.so")));
      Path main = w.c("main", "int va(void), vb(void); int main(void) { return va() + vb(); }");
      assertEquals(42, d.program(main, "-lv").run().status());
      Linked exe =
          d.program(
              w.c("e", "int x; int main(void) { return 4; }"), "-Wl,--default-symver", "-rdynamic");
      assertEquals(4, exe.run().status());
      assertTrue(
          versions(exe.output()).stream()
              .anyMatch(v -> v.endsWith("Name: " + exe.output().getFileName())));
    }
    // linked with a library that has no versions, run with a later one that has
    Path plain = w.c("plain", "int va(void) { return 1; } int vb(void) { return 2; }", "-fPIC");
    d.library("v", plain, "-nostdlib");
    Path main = w.c("main", "int va(void), vb(void); int main(void) { return va() + vb(); }");
    for (String linker : List.of("jld", "ld")) {
      d.linkWith(
          linker,
          "gcc",
          d.dir(linker).resolve("imports"),
          main,
          "-lv",
          "-Wl,--default-imported-symver");
    }
    d.library("v", lib, "-Wl,--default-symver");
    for (String linker : List.of("jld", "ld")) {
      Path x = d.dir(linker).resolve("imports");
      assertEquals(42, Proc.run(dir, List.of(x.toString())).status());
      assertTrue(versions(x).contains("Name: libv.so  Flags: none"), versions(x)::toString);
    }
  }
}
