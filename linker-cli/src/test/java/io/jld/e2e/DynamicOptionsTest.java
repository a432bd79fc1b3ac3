package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Options that show in .dynamic, in .dynsym or in notes: what readelf prints is what it prints for
 * GNU ld's output.
 */
class DynamicOptionsTest {
  @TempDir Path dir;

  /**
   * The lines of readelf's output that have one of the words, without addresses and in alphabetical
   * order.
   */
  private String facts(Linked linked, String flag, String... words) {
    Proc p = Proc.run(dir, List.of("readelf", "-W", flag, linked.ok().output().toString())).ok();
    return p.out()
        .lines()
        .filter(line -> Arrays.stream(words).anyMatch(line::contains))
        .map(line -> line.strip().replaceAll(" +", " "))
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  /** By its path where that is given: a program finds such a library where the link found it. */
  @ParameterizedTest
  @EnumSource
  void librariesWithoutSoname(Target target) {
    Tools.needC(target);
    Tools.need("readelf");
    Workbench w = new Workbench(dir, target);
    Path o = w.c("m", "int f(void); int main(void) { return f(); }");
    Path f = w.c("f", "int f(void) { return 0; }", "-fPIC");
    Path library = dir.resolve("libf.so");
    w.jldTo(library, "-shared", f).ok();
    Path script = w.file("script", "INPUT(" + library + ")");
    Path search = w.file("search", "INPUT(-lf)");
    for (Object given : List.of(library, "-lf", "-l:libf.so", script, search)) {
      Object[] args = {"-m", target.emulation, "-e", "main", "-L" + dir, o, given};
      String ours = facts(w.jld(args), "-d", "NEEDED");
      assertTrue(ours.contains("libf.so"), ours);
      assertEquals(facts(w.ld(args), "-d", "NEEDED"), ours, given::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void marksAndNames(Target target) {
    Tools.needC(target);
    Tools.need("readelf");
    Workbench w = new Workbench(dir, target);
    Path o = w.c("a", "int f(void) { return 1; } int main(void) { return f(); }", "-fPIC");
    String[] common = {
      "-m",
      target.emulation,
      "-z",
      "nodelete",
      "-z",
      "initfirst",
      "-z",
      "nodlopen",
      "-z",
      "origin",
      "-z",
      "nodump",
      "-z",
      "interpose",
      "-z",
      "global",
      "-z",
      "globalaudit",
      "-z",
      "loadfltr",
      "-z",
      "nodefaultlib",
      "-z",
      "unique",
      "-z",
      "now",
      "--audit",
      "a1",
      "--audit",
      "a2:a1",
      "--audit",
      "a1",
      "-P",
      "d1",
      "-P",
      "d2",
      "-Bsymbolic",
      "-rpath",
      "/a",
      "-rpath",
      "/b:/c",
      "-rpath",
      "/a",
      "-rpath",
      "/c"
    };
    String[] words = {"FLAGS", "FILTER", "AUX", "AUDIT", "PATH", "SONAME", "SYMBOLIC"};
    List<Object[]> lines =
        List.of(
            new Object[] {"-shared", "-soname", "x", "-f", "x1", "-f", "x2", "-F", "y", common, o},
            new Object[] {"-shared", "--disable-new-dtags", common, o},
            new Object[] {"-pie", "-e", "main", common, o});
    for (Object[] line : lines) {
      String expected = facts(w.ld(line), "-d", words).replaceAll("0x0*", "0x");
      assertEquals(expected, facts(w.jld(line).silent(), "-d", words).replaceAll("0x0*", "0x"));
      assertTrue(expected.contains("INTERPOSE"), expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void packageMetadata(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("a", "int main(void) { return 0; }", "-fPIC");
    String json = "{\"name\":\"x\", \"v\": [1, -2.5e3, true, null, \"\\u00e4\"]}";
    Linked x = w.jld("-shared", "-m", target.emulation, o, "--package-metadata=" + json).silent();
    byte[] note = x.elf().content(".note.package");
    assertEquals(
        0xcafe1a7e,
        java.nio.ByteBuffer.wrap(note).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(8));
    assertTrue(
        new String(note, java.nio.charset.StandardCharsets.UTF_8)
            .startsWith("FDO\0" + json + "\0", 12));
    for (String bad :
        List.of("{a", "{\"a\":01}", "[1,]", "\"a\"", "{\"a\" 1}", "[\"\\x\"]", "[1] 2")) {
      Linked y = w.jld("-shared", "-m", target.emulation, o, "--package-metadata=" + bad);
      assertFalse(y.says("does not contain valid JSON").elf().hasSection(".note.package"));
    }
  }

  private static final String FOUR =
      "int f(void){return 1;} int g(void){return 2;} int d = 3, e = 4; int use(void){return"
          + " f()+g()+d+e;}";

  /** Which symbols other modules may replace: those that dynamic relocations name. */
  private Set<String> preemptible(Linked linked) {
    ElfImage elf = linked.elf();
    List<ElfImage.Symbol> symbols = elf.symbols(".dynsym");
    Set<String> names = new TreeSet<>();
    for (ElfImage.Section s : elf.sections) {
      if ((s.type() == 4 || s.type() == 9) && s.size() > 0) {
        elf.relocs(s.name()).stream()
            .filter(r -> r.symbol() != 0)
            .forEach(r -> names.add(symbols.get(r.symbol()).name()));
      }
    }
    return names;
  }

  @ParameterizedTest
  @EnumSource
  void listsOfSymbols(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("four", FOUR, "-fPIC");
    String list = "list=" + w.file("list", "{ f; d; };");
    for (String[] options :
        new String[][] {
          {},
          {"-Bsymbolic"},
          {"-Bsymbolic-functions"},
          {"--dynamic-" + list},
          {"--dynamic-" + list, "-Bsymbolic"},
          {"--dynamic-" + list, "-Bsymbolic-functions"},
          {"--export-dynamic-symbol=f"},
          {"--export-dynamic-symbol=f", "-Bsymbolic"},
          {"--export-dynamic-symbol=[fg]", "-Bsymbolic-functions"},
          {"--export-dynamic-symbol-" + list},
          {"--export-dynamic-symbol-" + list, "-Bsymbolic"},
          {"--dynamic-list-data"},
          {"--dynamic-list-data", "--dynamic-" + list},
          {"--dynamic-" + list, "--export-dynamic-symbol=g"},
          {"--dynamic-list-cpp-new"},
        }) {
      Object[] line = {"-shared", "-m", target.emulation, o, options};
      assertEquals(
          preemptible(w.ld(line)),
          preemptible(w.jld(line).silent()),
          () -> Arrays.toString(options));
    }
  }

  @ParameterizedTest
  @EnumSource
  void versionsOfWhatIsNotThere(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("four", FOUR, "-fPIC");
    Path good =
        w.file(
            "good",
            "V1 { global: f; none*; local: nothing; }; V2 { global: extern \"C\" { g; }; };");
    Path bad = w.file("bad", "V1 { global: f; missing; };");
    Object[] line = {
      "-shared", "-m", target.emulation, o, "--no-undefined-version", "--version-script"
    };
    w.jld(line, good).ok().silent();
    w.jld(line, bad).failed("version V1 names 'missing'");
    w.jld(line, bad, "--undefined-version").ok().silent();
  }

  @ParameterizedTest
  @EnumSource
  void symbolsThatMayStayUndefined(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("a", "int u1(void), u2(void); int main(void) { return u1() + u2(); }", "-fPIC");
    Object[] line = {
      "-pie", "-e", "main", "-m", target.emulation, o, "--ignore-unresolved-symbol=u1"
    };
    w.jld(line, "--ignore-unresolved-symbol=u2").ok().silent();
    Linked failed = w.jld(line).failed("undefined reference to 'u2'");
    assertFalse(failed.err().contains("'u1'"), failed.err());
    Path data = w.c("b", "extern int u3; int main(void) { return u3; }", "-fpie");
    w.jld("-pie", "-e", "main", "-m", target.emulation, data).failed("undefined reference to 'u3'");
  }

  @ParameterizedTest
  @EnumSource
  void startAndStop(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "a",
            "__attribute__((section(\"foo\"), used)) int x = 3; extern int __start_foo[],"
                + " __stop_foo[];long f(void) { return __stop_foo - __start_foo; }",
            "-fPIC");
    for (String visibility : List.of("", "default", "protected")) {
      Object[] line = {
        "-shared",
        "-m",
        target.emulation,
        o,
        visibility.isEmpty() ? List.of() : List.of("-z", "start-stop-visibility=" + visibility)
      };
      for (ElfImage elf : List.of(w.ld(line).elf(), w.jld(line).silent().elf())) {
        ElfImage.Symbol s =
            elf.symbols(".dynsym").stream()
                .filter(y -> y.name().equals("__start_foo"))
                .findFirst()
                .orElseThrow();
        assertEquals(visibility.equals("default") ? 0 : 3, s.visibility());
      }
    }
    Linked hidden =
        w.jld("-shared", "-m", target.emulation, o, "-z", "start-stop-visibility=hidden");
    assertTrue(
        hidden.elf().symbols(".dynsym").stream().noneMatch(s -> s.name().equals("__start_foo")));
  }

  @ParameterizedTest
  @EnumSource
  void weakReferencesThatStayZero(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String source =
        "__attribute__((weak)) void wf(void);"
            + " __attribute__((visibility(\"hidden\"))) void (*p)(void) = wf;"
            + " int main(void) { return wf != 0 || p != 0; }";
    Path o = w.c("a", source, "-fPIC");
    for (String kind : List.of("-shared", "-pie")) {
      Object[] line = {kind, "-m", target.emulation, "-e", "main", o};
      assertEquals(Set.of("wf"), preemptible(w.jld(line)));
      assertEquals(Set.of(), preemptible(w.jld(line, "-z", "nodynamic-undefined-weak")));
    }
    for (String code : List.of("-fno-pic", "-fPIC")) {
      for (String kind : List.of("-no-pie", "-pie")) {
        if (!(code.equals("-fno-pic") && kind.equals("-pie"))) {
          w.sameAsLd("gcc", kind, w.c("b", source, code)).silent();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void keptByGarbageCollection(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "a",
            "int keep(void) { return 1; } __attribute__((visibility(\"hidden\"))) int drop(void) {"
                + " return 2; }int data = 4; int main(void) { return 0; }",
            "-ffunction-sections",
            "-fdata-sections",
            "-fno-pic");
    Object[] line = {"-e", "main", "-m", target.emulation, "--gc-sections", o};
    ElfImage all = w.jld(line, "--gc-keep-exported").silent().elf();
    assertTrue(all.hasSymbol("keep") && all.hasSymbol("data") && !all.hasSymbol("drop"));
    ElfImage few = w.jld(line).silent().elf();
    assertTrue(!few.hasSymbol("keep") && !few.hasSymbol("data") && few.hasSymbol("main"));
  }

  /** A library without a soname goes by the path it was given with, or by its name behind -l. */
  @ParameterizedTest
  @EnumSource
  void withoutSoname(Target target) throws Exception {
    Tools.needC(target);
    Tools.need("readelf");
    Workbench w = new Workbench(dir, target);
    Linked lib =
        w.jldTo(
                dir.resolve("libplain.so"),
                "-shared",
                "-m",
                target.emulation,
                w.c("lib", "int f(void) { return 7; }", "-fPIC"))
            .ok();
    Path byPath = w.file("by-path", "INPUT(" + lib.output() + ")");
    Path byName = w.file("by-name", "INPUT(-lplain)");
    Path o = w.c("a", "int f(void); int main(void) { return f(); }");
    for (Object[] how :
        new Object[][] {
          {lib.output()},
          {"-L" + dir, "-lplain"},
          {"-L" + dir, "-l:libplain.so"},
          {byPath},
          {"-L" + dir, byName}
        }) {
      List<String> line = w.commandLine("gcc", o, how, "-Wl,-rpath," + dir);
      assertEquals(needed(w.ld(line)), needed(w.jld(line)));
      assertEquals(7, w.jld(line).run().status());
    }
  }

  private List<String> needed(Linked x) {
    return Proc.run(dir, List.of("readelf", "-d", x.ok().output().toString()))
        .ok()
        .out()
        .lines()
        .filter(l -> l.contains("(NEEDED)"))
        .map(l -> l.substring(l.indexOf('[')))
        .toList();
  }
}
