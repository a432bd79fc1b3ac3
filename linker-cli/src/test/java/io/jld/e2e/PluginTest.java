package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Linker plug-ins, of which {@code plugin.c} among the resources is one: what they are told and
 * asked, what becomes of what they add, and of what they do wrong. Compilers' are in {@code LtoIT}.
 */
class PluginTest {
  @TempDir static Path built;
  @TempDir Path dir;

  private static Path source;
  private Workbench w;
  private Path log;
  private Path temp;

  @BeforeAll
  static void source() throws IOException {
    source = built.resolve("plugin.c");
    try (InputStream in = PluginTest.class.getResourceAsStream("plugin.c")) {
      Files.copy(in, source);
    }
  }

  @BeforeEach
  void workbench() {
    Tools.needC(Target.AMD64);
    w = new Workbench(dir, Target.AMD64);
    log = dir.resolve("log");
    temp = dir.resolve("temp");
  }

  private static Path plugin(String... flags) {
    Path plugin = built.resolve("plugin" + String.join("", flags) + ".so");
    if (!Files.exists(plugin)) {
      List<String> gcc = new ArrayList<>(List.of("gcc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o"));
      gcc.addAll(List.of(plugin.toString(), source.toString()));
      gcc.addAll(List.of(flags));
      Proc.run(built, gcc).ok();
    }
    return plugin;
  }

  /** {@code -plugin} with options; it always keeps a log and a temporary file. */
  private List<String> with(Path plugin, Object... options) {
    List<String> args = new ArrayList<>(List.of("-plugin", plugin.toString()));
    List<String> all = new ArrayList<>(List.of("log=" + log, "temp=" + temp));
    all.addAll(Workbench.strings(options));
    all.forEach(o -> args.addAll(List.of("-plugin-opt", o)));
    return args;
  }

  private static String add(Path object) {
    return "add=" + object;
  }

  /** An object with what counts as intermediate code here. */
  private Path ir(String name, String... symbols) {
    StringBuilder text = new StringBuilder(".section .gnu.lto_.ir,\"e\",@progbits\n");
    text.append(".ascii \"IR{\\n\"\n");
    for (String s : symbols) {
      text.append(".ascii \"").append(s).append("\\n\"\n");
    }
    text.append(".ascii \"}\\n\"\n.comm __gnu_lto_slim,1,1\n");
    return w.asm(name, text + ".section .note.GNU-stack,\"\",@progbits\n");
  }

  /** What gcc would give to the linker, without a plug-in of its own. */
  private List<String> line(Object... args) {
    return w.commandLine("gcc", "-fno-lto", "-fno-use-linker-plugin", args);
  }

  private List<String> takeLog() {
    try {
      List<String> lines = Files.readAllLines(log);
      Files.delete(log);
      return lines;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  // plugin.c: kinds 0 to 4 are DEF, WEAKDEF, UNDEF, WEAKUNDEF, COMMON; visibilities 0 default, 3
  // hidden

  private static final String[] CODE = {
    "0 0 main",
    "0 0 ironly",
    "0 0 seen",
    "0 3 hidden",
    "1 0 preempted",
    "1 0 weak",
    "2 0 native",
    "2 0 other",
    "2 0 puts",
    "2 0 absent",
    "3 0 absentweak",
    "4 0 tentative",
    "0 0 asked",
    "2 0 calc",
    "0 0 inline1 inline1",
    "0 0 inline2 inline2",
  };

  private static final String MADE =
      """
      #include <stdio.h>
      int native(void);
      int seen = 1;
      int main(void) { puts("made"); return native() - 2; }
      """;

  private static final String NATIVE =
      """
      extern int seen;
      int preempted = 1;
      int native(void) { return seen + preempted; }
      """;

  private List<Path> mixed() {
    Path first = ir("first", CODE);
    Path second =
        ir("second", "0 0 other", "2 0 ironly", "0 0 inline1 inline1", "1 0 weak", "2 0 seen");
    return List.of(first, w.c("native", NATIVE, "-fPIC"), second);
  }

  @ParameterizedTest
  @EnumSource
  void symbolsAreResolvedAsByGnuLd(Target target) {
    Tools.needC(target);
    w = new Workbench(dir, target);
    List<Path> objects = mixed();
    Path made = w.c("made", MADE, "-fPIC");
    Path versions = w.file("map", "{ global: main; inline2; local: *; };");
    String script = "-Wl,--version-script=" + versions;
    String list = "-Wl,--dynamic-list=" + w.file("list", "{ ironly; };");
    for (String flags : List.of("", "-Wl,-E", list, "-shared", script, "-static", "-r")) {
      List<String> args = new ArrayList<>(with(plugin(), add(made), "v2"));
      args.addAll(
          line(
              flags.isEmpty() ? List.of() : flags,
              flags.equals(script) ? List.of("-shared") : List.of(),
              objects,
              flags.equals("-r")
                  ? List.of()
                  : List.of(
                      "-Wl,-u,asked",
                      "-Wl,--wrap=wrapped",
                      "-Wl,--defsym=calc=7",
                      "-Wl,--unresolved-symbols=ignore-all",
                      "-Wl,--no-as-needed")));
      Linked linked = w.jld(args);
      assertEquals(0, linked.status(), linked::toString);
      List<String> ours = new ArrayList<>(takeLog());
      assertEquals(!flags.equals("-r"), ours.remove("wrap wrapped"));
      assertEquals(0, w.ld(args).status());
      assertEquals(takeLog(), ours, flags);
      assertFalse(Files.exists(temp));
      if (!List.of("-shared", script, "-r").contains(flags)) {
        assertEquals("made\n", linked.run().ok().out(), flags);
      }
    }
  }

  @Test
  void theFirstVersionOfTheInterfaceLacksOneResolution() {
    Path object = ir("first", "0 0 f");
    Path made = w.c("made", "int f;");
    w.jld(line("-shared", object), with(plugin(), add(made), "v1")).ok();
    assertEquals(List.of("output 2", "first.o:", "f 2", "read", "cleanup"), takeLog());
    w.jld(line("-shared", object), with(plugin(), add(made), "fd")).ok();
    assertEquals(List.of("output 2", "first.o:", "f 9", "read", "cleanup"), takeLog());
  }

  @Test
  void membersThatAreNotLinkedAreForgotten() {
    Path main = ir("main", "0 0 main", "2 0 f");
    Path one = w.archive("lib1.a", w.c("f", "int f(void) { return 0; }"));
    Path unused = ir("unused", "0 0 f");
    Path group = ir("used", "0 0 g");
    Path made = w.c("made", "int f(void); int g; int main(void) { return f() + g; }");
    List<String> line =
        line(main, one, "-Wl,--start-lib", unused, group, "-Wl,--end-lib", "-Wl,-u,g");
    w.jld(line, with(plugin(), add(made))).ok();
    List<String> told = takeLog();
    assertEquals(2, told.stream().filter("output 3"::equals).count(), "loaded anew");
    assertFalse(told.contains("unused.o:"), told::toString);
    assertTrue(told.containsAll(List.of("main.o:", "used.o:", "main 2", "g 2")), told::toString);
  }

  @Test
  void whatCannotBeUnloadedIsToldAndUsedOnce() {
    Path main = ir("main", "0 0 main", "2 0 f");
    Path one = w.archive("lib1.a", w.c("f", "int f(void) { return 0; }"));
    Path two = ir("unused", "0 0 f");
    Path made = w.c("made", "int f(void); int main(void) { return f(); }");
    List<String> args = new ArrayList<>(with(plugin("-Wl,-z,nodelete"), add(made)));
    args.addAll(line(main, one, "-Wl,--start-lib", two, "-Wl,--end-lib"));
    w.jld(args).ok();
    assertTrue(takeLog().contains("unused.o: not linked"));
    if (Served.current() == null) { // a link with plug-ins is no server's
      w.jld(args)
          .failed("has been used in this process and cannot be unloaded", "a process of its own");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAddedIsLinkedInPlaceAndMayWantMore(Target target) {
    Tools.needC(target);
    w = new Workbench(dir, target);
    Path before = w.archive("libbefore.a", w.c("helper", "int helper(void) { return 3; }"));
    Path made =
        w.c("made", "int helper(void), deep(void); int main(void) { return helper() + deep(); }");
    w.archive("libdeep.a", w.c("deep", "int deep(void) { return 4; }"));
    Path main = ir("main", "0 0 main");
    Linked linked =
        w.jld(
            line(before, main, "-Wl,-Map=" + dir.resolve("map")),
            with(plugin(), add(made), "lib=deep", "dir=" + dir));
    assertEquals(7, linked.run().status());
    String map = w.read("map");
    List<Integer> at = new ArrayList<>();
    for (String o : List.of("crti.o", "libbefore.a(helper.o)", "made.o", "libdeep.a(deep.o)")) {
      at.add(map.lastIndexOf("/" + o));
    }
    assertEquals(at.stream().sorted().toList(), at, map);
  }

  @Test
  void groupsThatCodeHasWonStayAway() {
    String inline =
        "inline int k(int n) { static int calls; return n + ++calls; } int FUNCTION(void) { return"
            + " k(0); }";
    Path main =
        ir("main", "0 0 main", "2 0 f", "0 0 _Z1ki _Z1ki", "0 0 _ZZ1kiE5calls _ZZ1kiE5calls");
    Path other = w.cxx("f", inline, "-DFUNCTION=f");
    Path made =
        w.c(
            "made",
            """
            int calls asm("_ZZ1kiE5calls");
            int k(int n) asm("_Z1ki");
            int k(int n) { return n + ++calls; }
            int f(void) asm("_Z1fv");
            int main(void) { return k(0) * 10 + f(); }
            """);
    assertEquals(12, w.jld(line(main, other), with(plugin(), add(made))).run().status());
    assertEquals(12, w.jld(line(other, main), with(plugin(), add(made("k")))).run().status());
  }

  private Path made(String name) {
    return w.c(
        name,
        "int k(int) asm(\"_Z1ki\"); int f(void) asm(\"_Z1fv\"); int main(void) { return k(0) * 10 +"
            + " f(); }");
  }

  @Test
  void messagesHaveTheirLevel() {
    Path main = ir("main", "0 0 main");
    Path made = w.c("made", "int main(void) { return 0; }");
    String text =
        ": one -2! -3000000000 4.25 five 6.5 7 eight 9 10.000000 eleven 12 [plugin-message]\n";
    Linked note = w.jld(line(main), with(plugin(), add(made), "say=0"));
    assertEquals("jld: note" + text, note.ok().err());
    Linked warning = w.jld(line(main), with(plugin(), add(made), "say=1"));
    assertEquals("jld: warning" + text, warning.ok().err());
    w.jld(line(main, "-Wl,--fatal-warnings"), with(plugin(), add(made), "say=1"))
        .failed("jld: warning" + text);
    w.jld(line(main), with(plugin(), add(made), "say=2")).failed("jld: error" + text);
    assertFalse(Files.exists(temp));
  }

  // ar does not know what is code here, so that its index has none of it
  private static final String WHOLE = "-Wl,--whole-archive";
  private static final String PART = "-Wl,--no-whole-archive";

  @Test
  void messagesAboutAFileNameIt() {
    Path archive = w.archive("lib.a", ir("main", "0 0 main"));
    Path made = w.c("made", "int main(void) { return 0; }");
    assertEquals(
        "jld: warning: " + archive + "(main.o): doubtful [plugin-message]\n",
        w.jld(line(WHOLE, archive, PART), with(plugin(), add(made), "doubt")).ok().err());
  }

  @Test
  void definitionsOfCodeHaveNoSection() {
    Path one = ir("one", "0 0 main", "0 0 f");
    Path two = ir("two", "0 0 f");
    w.jld(line(one, two), with(plugin()))
        .failed(two + ": multiple definition of 'f'", ">>> first defined in " + one + "\n");
  }

  @ParameterizedTest
  @EnumSource
  void membersOfExcludedLibrariesStayLocal(Target target) {
    Tools.needC(target);
    w = new Workbench(dir, target);
    Path lib = w.archive("libx.a", ir("f", "0 0 f"));
    Path g = ir("g", "0 0 g");
    Path made = w.c("made", "int f(void) { return 1; } int g(void) { return 2; }", "-fPIC");
    Path user = w.c("user", "int f(void); int use(void) { return f(); }", "-fPIC");
    for (String excluded : List.of("ALL", "libx.a", "liby.a")) {
      Linked linked =
          w.jld(
              line("-shared", user, WHOLE, lib, PART, g, "-Wl,--exclude-libs=" + excluded),
              with(plugin(), add(made)));
      List<String> exported =
          linked.ok().elf().symbols(".dynsym").stream().map(ElfImage.Symbol::name).toList();
      assertTrue(exported.containsAll(List.of("use", "g")), exported::toString);
      assertEquals(excluded.equals("liby.a"), exported.contains("f"), excluded);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"onload", "claim", "read"})
  void whatFailsIsNamed(String where) {
    Path main = ir("main", "0 0 main");
    String what = Map.of("onload", "start", "claim", "read " + main, "read", "compile").get(where);
    w.jld(line(main), with(plugin(), "fail=" + where))
        .failed(plugin() + ": the plug-in has failed to " + what);
    assertFalse(Files.exists(temp));
  }

  @Test
  void whatIsNoPluginIsNamed() {
    Path main = ir("main", "0 0 main");
    w.jld(line(main), "-plugin", "/nowhere.so")
        .failed("cannot load the plug-in: /nowhere.so: cannot open shared object file");
    Path library = w.dir.resolve("libx.so");
    Proc.run(dir, List.of("gcc", "-shared", "-o", library.toString(), "-xc", "/dev/null")).ok();
    w.jld(line(main), "-plugin", library).failed(library + ": no linker plug-in");
    String loaded = "libc.so.6"; // by the JVM as well
    w.jld(line(main), "-plugin", loaded).failed(loaded + ": no linker plug-in");
    w.jld(line(main), "-plugin-opt", "x").failed("-plugin-opt x: there is no -plugin before it");
    w.jld(line(main), with(plugin(), "add=/nowhere.o")).failed("/nowhere.o");
    assertFalse(Files.exists(temp));
    // one that takes nothing leaves the object as it is
    Path slim = w.asm("slim", ".section .gnu.lto_.x,\"e\"\n.comm __gnu_lto_slim,1,1\n");
    w.jld(line(slim), with(plugin())).failed(slim + ": slim LTO object");
  }

  @Test
  void itIsLoadedForIntermediateCodeAlone() {
    Path plain = w.c("plain", "int main(void) { return 0; }");
    w.jld(line(plain), "-plugin", "/nowhere.so").silent().ok();
  }

  @Test
  void codeThatIsWantedTooLateIsRefused() {
    Path main = ir("main", "0 0 main");
    Path made = w.c("made", "int late(void); int main(void) { return late(); }");
    Path lib = w.archive("lib.a", ir("late", "0 0 late"));
    w.jld(
            line(main, "-Wl,--start-lib", ir("late", "0 0 late"), "-Wl,--end-lib", lib),
            with(plugin(), add(made)))
        .failed("late.o: 'late' is wanted by what link-time optimisation has made");
  }

  // In a process that others share

  private LinkRequest.Builder request(Path made, InputSource... inputs) {
    List<String> options = List.of("log=" + log, "temp=" + temp, add(made));
    return LinkRequest.builder()
        .arch("amd64")
        .inputs(List.of(inputs))
        .set(LinkOption.ENTRY, "main")
        .set(LinkOption.PLUGIN, Map.of(plugin().toString(), options))
        .output(OutputSink.memory());
  }

  @Test
  void codeInMemoryGetsAFile() throws IOException {
    byte[] code = Files.readAllBytes(ir("main", "0 0 main"));
    Path made = w.c("made", "int main(void) { return 0; }");
    LinkResult r = Linker.link(request(made, InputSource.memory("main", code)).build());
    assertTrue(r.size() > 0);
    List<String> told = takeLog();
    assertTrue(told.contains("main 2"), told::toString);
    Path copy = Path.of(System.getProperty("java.io.tmpdir"), told.get(1).replace(":", ""));
    assertFalse(Files.exists(copy), copy::toString);
  }

  @Test
  void oneLinkAtATimeHasPlugins() throws Exception {
    InputSource main = InputSource.path(ir("main", "0 0 main"));
    Path made = w.c("made", "int main(void) { return 0; }");
    List<Callable<LinkResult>> links = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      links.add(() -> Linker.link(request(made, main).threads(1).build()));
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      for (Future<LinkResult> f : pool.invokeAll(links)) {
        assertTrue(f.get().size() > 0);
      }
    }
    List<String> told = takeLog();
    for (int i = 0; i < told.size(); i++) {
      List<String> each = List.of("output 1", "main.o:", "main 2", "read", "cleanup");
      assertEquals(each.get(i % each.size()), told.get(i), told::toString);
    }
  }

  @Test
  void aProcessMayForbidThem() {
    InputSource main = InputSource.path(ir("main", "0 0 main"));
    LinkRequest.Builder request = request(dir.resolve("made.o"), main);
    request.beforePlugins(
        () -> {
          throw new UnsupportedOperationException("not here");
        });
    assertEquals(
        "not here",
        assertThrows(UnsupportedOperationException.class, () -> Linker.link(request.build()))
            .getMessage());
    assertFalse(Files.exists(log));
  }

  @Test
  void interruptedLinksEnd() {
    InputSource main = InputSource.path(ir("main", "0 0 main"));
    Path made = w.c("made", "int main(void) { return 0; }");
    Thread.currentThread().interrupt();
    LinkException e =
        assertThrows(LinkException.class, () -> Linker.link(request(made, main).build()));
    assertTrue(Thread.interrupted());
    assertTrue(e.getMessage().contains("interrupted"), e::toString);
    assertTrue(Linker.link(request(made, main).build()).size() > 0);
  }
}
