package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code --gdb-index}: indices that readelf and gdb read, beside those of lld and of gdb itself.
 */
class GdbIndexTest {
  @TempDir Path dir;

  private static final String MAIN =
      """
      namespace shapes {
        struct Point { int x, y; struct Name { char c; }; static int made; int sum(); };
        enum Plain { round, square };
        template <class T> struct Box { T held; T get() { return held; } };
        inline int twice(int n) { return 2 * n; }
        namespace { int hidden(int n) { return n + 1; } }
        int reach(int n) { return hidden(n); }
      }
      int shapes::Point::made = 3;
      int shapes::Point::sum() { return x + y + made; }
      typedef shapes::Point Spot;
      union Both { int i; float f; } both;
      static int quiet(int n) { static int calls; return n + ++calls; }
      extern "C" int other(int);
      int main() {
        Spot s = {1, 2};
        shapes::Box<int> b = {s.sum()};
        return quiet(b.get()) + shapes::twice(2) + shapes::reach(both.i) + other(shapes::square);
      }
      """;

  private static final String OTHER =
      """
      namespace shapes {
        struct Point { int x, y; struct Name { char c; }; static int made; int sum(); };
        inline int twice(int n) { return 2 * n; }
      }
      struct Local { shapes::Point p; } local;
      extern "C" int other(int n) { return shapes::twice(n) + local.p.sum(); }
      __attribute__((section(".text.unused"))) int unused(int n) { return n; }
      """;

  private static final Pattern AREA = Pattern.compile("([0-9a-f]{16}) ([0-9a-f]{16}) (\\d+)");
  private static final Pattern NAME = Pattern.compile("\\[ *\\d+] (.*?):((?:\\s+T?\\d+ \\[.*?])+)");

  /** What readelf says of an index: of each name its units, and how long which unit's areas are. */
  private record Index(Map<String, Set<String>> names, List<String> areas) {
    static Index of(Path dir, Path output) {
      String text =
          Proc.run(dir, List.of("readelf", "--debug-dump=gdb_index", output.toString())).ok().out();
      List<String> areas = new ArrayList<>();
      for (Matcher m = AREA.matcher(text); m.find(); ) {
        long size = Long.parseLong(m.group(2), 16) - Long.parseLong(m.group(1), 16);
        areas.add(m.group(3) + ": " + size);
      }
      areas.sort(null);
      Map<String, Set<String>> names = new TreeMap<>();
      for (Matcher m = NAME.matcher(text.substring(text.indexOf("Symbol table"))); m.find(); ) {
        names.put(
            m.group(1), new TreeSet<>(List.of(m.group(2).strip().split("\\s+(?=T?\\d+ \\[)"))));
      }
      return new Index(names, areas);
    }
  }

  private Linked link(Workbench w, String compiler, String... flags) {
    Path main = w.compile(compiler, "main", ".cc", MAIN, flags);
    Path other = w.compile(compiler, "other", ".cc", OTHER, flags);
    return w.jld(w.commandLine("g++", main, other, "-Wl,--gdb-index,--gc-sections,--build-id=none"))
        .silent();
  }

  private Proc gdb(Object... args) {
    List<String> all = new ArrayList<>(List.of("gdb", "-nx", "-batch"));
    all.addAll(Workbench.strings(args));
    return Proc.run(dir, all, Map.of("DEBUGINFOD_URLS", "")).ok();
  }

  /** Lists that the compiler has made: the index is the same as lld's. */
  @ParameterizedTest
  @EnumSource
  void sameAsLld(Target target) {
    Tools.needCxx(target);
    Tools.need("readelf", "ld.lld");
    Workbench w = new Workbench(dir, target);
    for (String version : List.of("-gdwarf-4", "-gdwarf-5")) {
      Linked ours = link(w, "g++", version, "-ggnu-pubnames");
      Linked lld =
          w.linker(
              "ld.lld",
              w.commandLine(
                  "g++",
                  dir.resolve("main.o"),
                  dir.resolve("other.o"),
                  "-Wl,--gdb-index,--gc-sections,--build-id=none"));
      Index expected = Index.of(dir, lld.ok().output());
      Index actual = Index.of(dir, ours.output());
      assertTrue(expected.names.containsKey("shapes::Box<int>::get"), expected::toString);
      assertEquals(expected.names, actual.names);
      assertEquals(expected.areas, actual.areas);
      assertFalse(ours.elf().hasSection(".debug_gnu_pubnames"));
      assertEquals(lld.run().status(), ours.run().status());
    }
  }

  /** Names from the entries themselves: the index is the one that gdb makes. */
  @ParameterizedTest
  @EnumSource
  void sameAsGdb(Target target) {
    Tools.needCxx(target);
    Tools.need("readelf", "gdb", "objcopy", "clang++");
    Workbench w = new Workbench(dir, target);
    for (String compiler : List.of("g++", "clang++")) {
      Linked ours = link(w, compiler, "-g", "-gno-pubnames");
      String plain = dir.resolve("plain").toString();
      String out = ours.output().toString();
      Proc.run(dir, List.of("objcopy", "-R", ".gdb_index", out, plain)).ok();
      gdb("-ex", "save gdb-index " + dir, plain);
      String add = ".gdb_index=" + plain + ".gdb-index";
      Proc.run(dir, List.of("objcopy", "--add-section", add, plain)).ok();
      Index expected = Index.of(dir, Path.of(plain));
      Index actual = Index.of(dir, ours.output());
      assertTrue(expected.names.containsKey("shapes::(anonymous namespace)::hidden"));
      if (expected.names.containsKey("made")) { // GDB 13 looks for what is declared further down
        expected.names.put("shapes::Point::made", expected.names.remove("made"));
      }
      assertEquals(expected.names.keySet(), actual.names.keySet(), compiler);
      for (String name : expected.names.keySet()) { // of a type's units gdb takes one
        assertTrue(
            actual.names.get(name).containsAll(expected.names.get(name)),
            () -> compiler + ": " + name + ": " + expected + "\n" + actual);
      }
    }
  }

  /** gdb has the index in use, and finds what it asks for in it, in all forms of DWARF. */
  @ParameterizedTest
  @EnumSource
  void debugging(Target target) {
    Tools.needCxx(target);
    Tools.need("gdb");
    Workbench w = new Workbench(dir, target);
    for (String flags :
        List.of(
            "-gdwarf-2",
            "-gdwarf-4 -fdebug-types-section -gz=zlib-gnu",
            "-gdwarf-5 -fdebug-types-section -gz=zlib",
            "-gdwarf-5 -gdwarf64",
            "-gdwarf-5 -gsplit-dwarf")) {
      Linked x = link(w, "g++", flags.split(" "));
      String said =
          gdb(
                  "-ex",
                  "maint print objfiles",
                  "-ex",
                  "break shapes::Point::sum",
                  "-ex",
                  "break quiet",
                  "-ex",
                  "ptype struct Local",
                  "-ex",
                  "print sizeof(union Both)",
                  "-ex",
                  "info line other",
                  x.output())
              .out();
      assertTrue(said.contains(".gdb_index: version 7"), said);
      for (String part :
          List.of(
              "main.cc, line 10.",
              "main.cc, line 13.",
              "shapes::Point p;",
              " = 4",
              "Line 6 of \"")) {
        assertTrue(said.contains(part), () -> flags + ": no '" + part + "' in " + said);
      }
    }
  }

  /** What lld and mold do where there is nothing to index. */
  @ParameterizedTest
  @EnumSource
  void withoutAnIndex(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("a", "int main(void) { return 0; }", "-g");
    Path plain = w.c("b", "int main(void) { return 0; }");
    assertTrue(w.gcc(o, "-Wl,--gdb-index,-q").silent().elf().hasSection(".gdb_index"));
    assertFalse(
        w.gcc(plain, "-nostdlib", "-Wl,--gdb-index,-e,main").elf().hasSection(".gdb_index"));
    assertFalse(w.gcc(o, "-Wl,--gdb-index,-S").silent().elf().hasSection(".gdb_index"));
    assertFalse(w.gcc(o, "-Wl,--gdb-index,--no-gdb-index").silent().elf().hasSection(".gdb_index"));
    Linked object = w.jld("-r", "--gdb-index", "-m", target.emulation, o).silent();
    assertFalse(ElfImage.read(object.output()).hasSection(".gdb_index"));
  }
}
