package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The reports of links as compilers ask for them, against the output itself and GNU ld's reports.
 */
class LinkMapTest {
  @TempDir Path dir;

  private Path[] cxx(Workbench w) {
    Path main =
        w.cxx(
            "main",
            """
            #include <cstdio>
            #include <string>
            #include <vector>
            extern "C" int f(int);
            extern int counted[10];
            thread_local int own = 5;
            namespace ns { int g(const std::string &s) { return s.size() + own; } }
            struct Global { Global() { puts("start"); } ~Global() { puts("end"); } } global;
            int main(int argc, char **) {
              std::vector<std::string> v(argc, "text");
              counted[1] = f(argc);
              try { if (counted[1] == 7) throw 3; } catch (int i) { printf("%d\\n", i); }
              printf("%d\\n", ns::g(v[0]));
              return 0;
            }
            """,
            "-g");
    Path f = w.c("f", "int counted[10]; int f(int i) { return i * 7; }", "-fcommon");
    Path g = w.c("unused", "int unused(void) { return 3; }");
    return new Path[] {main, w.archive("libf.a", f, g)};
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void agrees(MapFile map, ElfImage elf) {
    for (ElfImage.Section s : elf.sections) {
      boolean table = Set.of("", ".symtab", ".strtab", ".shstrtab").contains(s.name());
      if (!table) {
        assertEquals(List.of(s.addr(), s.size()), map.outputs.get(s.name()), s.name());
      }
    }
    for (ElfImage.Symbol s : elf.symbols()) {
      boolean global = s.bind() != 0 && s.shndx() > 0 && s.shndx() < 0xff00 && s.type() != 6;
      if (global && map.symbols.containsKey(s.name())) {
        assertEquals(s.value(), map.symbols.get(s.name()), s.name());
      }
    }
    long end = 0;
    String output = "";
    for (MapFile.Input i : map.inputs) {
      List<Long> out = map.outputs.get(i.output());
      assertTrue(i.addr() >= out.get(0) && i.addr() + i.size() <= out.get(0) + out.get(1), "" + i);
      assertTrue(!i.output().equals(output) || i.addr() >= end, i + " lies before the one before");
      output = i.output();
      end = i.addr() + i.size();
    }
  }

  private static String names(List<MapFile.Input> inputs, Predicate<MapFile.Input> which) {
    return inputs.stream()
        .filter(which)
        .map(i -> i.file() + " " + i.name())
        .sorted()
        .distinct()
        .collect(Collectors.joining("\n"));
  }

  /**
   * The map says what the output's own tables say, and names the input sections that GNU ld's does.
   */
  @ParameterizedTest
  @EnumSource
  void dynamic(Target target) {
    compare(target, "-Wl,--gc-sections", "-ffunction-sections");
  }

  @ParameterizedTest
  @EnumSource
  void withoutCollection(Target target) {
    compare(target);
  }

  private void compare(Target target, String... flags) {
    Tools.needCxx(target);
    Tools.need("ar");
    Workbench w = new Workbench(dir, target);
    List<String> line = w.commandLine("g++", cxx(w), flags, "-Wl,-z,now", "-Wl,--no-demangle");
    Path ourFile = dir.resolve("our.map");
    Path theirFile = dir.resolve("their.map");
    Linked ours = w.jld(line, "-Map=" + ourFile).silent();
    w.ld(line, "-Map=" + theirFile).ok();
    MapFile our = new MapFile(text(ourFile));
    MapFile their = new MapFile(text(theirFile));

    agrees(our, ours.elf());
    assertTrue(our.symbols.containsKey("main"));
    assertTrue(our.symbols.containsKey("counted"));
    assertEquals(their.loads, our.loads);
    // what a linker makes counts as the first input's in GNU ld's map; of equal strings and frames
    // one map or the other says that they have size 0
    Predicate<MapFile.Input> own = i -> i.file().startsWith(dir.toString());
    String merged = "\\.(rodata.*|comment|eh_frame|debug_.*)";
    Predicate<MapFile.Input> plain = own.and(i -> i.size() > 0 && !i.name().matches(merged));
    assertEquals(names(their.inputs, plain), names(our.inputs, plain));
    Predicate<MapFile.Input> strings =
        own.and(i -> i.name().matches("\\.rodata\\.str.*|\\.debug_.*"));
    assertEquals(names(their.inputs, strings), names(our.inputs, strings));
    Set<String> titles = new TreeSet<>(our.titles);
    titles.removeAll(their.titles);
    assertEquals(Set.of(), titles);
  }

  @Test
  void demangledNames() {
    Tools.needCxx(Target.AMD64);
    Tools.need("ar", "c++filt");
    Workbench w = new Workbench(dir, Target.AMD64);
    Linked l = w.jld(w.commandLine("g++", cxx(w), "-Wl,-M", "-Wl,--cref")).ok();
    assertTrue(l.out().contains("                ns::g(std::"), l.out());
    assertTrue(l.out().contains("\nCross Reference Table\n\nSymbol          "), l.out());
    assertTrue(l.out().contains("\nmain        "), l.out());
  }

  /** The rule is one that make takes, and it makes anew what depends on a changed file. */
  @Test
  void dependencies() {
    Tools.needCxx(Target.AMD64);
    Tools.need("ar", "make");
    Workbench w = new Workbench(dir, Target.AMD64);
    Path[] files = cxx(w);
    Path rule = dir.resolve("rule.d");
    List<String> line = w.commandLine("g++", (Object[]) files);
    Linked l = w.jld(line, "--dependency-file=" + rule).silent();
    w.file("Makefile", l.output() + ":\n\t@echo made anew\ninclude rule.d\n");
    List<String> make = List.of("make", "-s", l.output().toString());
    assertEquals("", Proc.run(dir, make).ok().out());
    List<String> touched = new ArrayList<>(List.of("touch", "-d", "+1 hour"));
    touched.add(files[1].toString());
    Proc.run(dir, touched).ok();
    assertEquals("made anew\n", Proc.run(dir, make).ok().out());
    assertTrue(files[1].toFile().delete());
    assertEquals("made anew\n", Proc.run(dir, make).ok().out());

    Path theirs = dir.resolve("their.d");
    w.archive("libf.a", dir.resolve("f.o"));
    w.ld(line, "--dependency-file=" + theirs).ok();
    assertEquals(rules(theirs), rules(rule));
  }

  /** The files that have a rule of their own. */
  private static Set<String> rules(Path file) {
    return text(file)
        .lines()
        .filter(l -> l.endsWith(":") && !l.startsWith(" "))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** {@code -t} and {@code -y} say what GNU ld's say, but for what it repeats. */
  @ParameterizedTest
  @EnumSource
  void traces(Target target) {
    Tools.needCxx(target);
    Tools.need("ar");
    Workbench w = new Workbench(dir, target);
    List<String> line = w.commandLine("g++", (Object[]) cxx(w));
    Linked ours = w.jld(line, "-t", "-t", "-y", "f", "-y", "printf").ok();
    Linked theirs = w.ld(line, "-t", "-t", "-y", "f", "-y", "printf").ok();
    Set<String> our = new TreeSet<>(ours.out().lines().toList());
    Set<String> their = new TreeSet<>(theirs.out().lines().toList());
    theirs
        .err()
        .lines()
        .filter(l -> l.startsWith("ld: ") && !l.contains("warning"))
        .forEach(l -> their.add(l.substring(4)));
    assertEquals(String.join("\n", their), String.join("\n", our));
  }

  /** Python's ctypes asks the linker in this way where a library is. */
  @Test
  void findsALibrary() {
    Tools.needC(Target.AMD64);
    Workbench w = new Workbench(dir, Target.AMD64);
    Linked l = w.jldTo(Path.of("/dev/null"), "-t", "-lm");
    assertEquals(0, l.status(), l::toString);
    assertTrue(l.out().lines().anyMatch(x -> x.endsWith("libm.so.6")), l::toString);
    assertFalse(l.err().contains("error"), l::toString);
  }

  @Test
  void aMapThatCannotBeWrittenLeavesNoOutput() {
    Tools.needC(Target.AMD64);
    Workbench w = new Workbench(dir, Target.AMD64);
    Path main = w.c("main", "int main(void) { return 0; }");
    Linked l = w.gcc(main, "-Wl,-Map=" + dir + "/none/x.map");
    l.failed("a report cannot be written: " + dir + "/none/x.map: No such file or directory");
    Linked failed =
        w.gcc(w.c("bad", "int f(void); int main(void) { return f(); }"), "-Wl,-Map=x.map");
    failed.failed("undefined reference to 'f'");
    assertFalse(Files.exists(Path.of("x.map")));
  }
}
