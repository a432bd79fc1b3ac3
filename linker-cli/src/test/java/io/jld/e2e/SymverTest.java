package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names that {@code .symver} has given a version, and what becomes of several of them. */
class SymverTest {
  private static final Pattern SYMBOL = Pattern.compile(" (?!UND)\\w+ (f\\S*)(?: .*)?$");

  @TempDir Path dir;

  /** Objects by name; each defines what the name says, {@code d} is the function below it. */
  private static final Map<String, String> OBJECTS =
      Map.of(
          "f", "f:ret",
          "f@", "d:ret; .symver d,f@,remove",
          "f@@", "d:ret; .symver d,f@@,remove",
          "f@V", "d:ret; .symver d,f@V,remove",
          "f@@V", "d:ret; .symver d,f@@V,remove",
          "weak f@V", "d:ret; .weak d; .symver d,f@V,remove",
          "weak f@@V", "d:ret; .weak d; .symver d,f@@V,remove",
          "f f@V", "f:ret; .symver f,f@V",
          "f f@@V", "f:ret; .symver f,f@@V");

  /**
   * Objects | version script | what is exported; or, where the link fails, a part of the message.
   */
  private static final String LIBRARIES =
      """
      f@              |                            | f
      f@              | {local: *;};               | f
      f@              | V {global: f; local: *;};  | f
      f@ + f          | V {global: f;};            | f f@@V
      f@@             |                            | f
      f@@             | W {local: *;}; V {} W;     | f
      f@@ + f         |                            | !multiple definition of 'f'
      f@V             | V {};                      | f@V
      f@V             | V {global: f; local: *;};  | f@V
      f@V             | V {local: *;};             |
      f@V             | W {local: *;}; V {} W;     | f@V
      f@V             |                            | !version node not found for symbol f@V
      f@@V            | V {};                      | f@@V
      f@@V            | V {local: *;};             |
      f@@V            | W {local: *;}; V {} W;     | f@@V
      f@@V            | W {global: f;}; V {} W;    | f@@V
      f@@V            | {local: *;};               | !version node not found for symbol f@@V
      f f@V           | V {};                      | f@V
      f f@V           | V {global: f;};            | f@V
      f f@V           | W {global: f;}; V {} W;    | f@V
      f f@@V          | V {global: f;};            | f@@V
      f + f@V         | V {};                      | f f@V
      f + f@V         | V {global: f;};            | f@V
      f@V + f         | V {global: f*;};           | f@V
      f + f@V         | W {global: f;}; V {} W;    | f@@W f@V
      f@V + f@@V      | V {global: f;};            | !multiple definition of 'f'
      f@@V + f@V      | V {};                      | !multiple definition of 'f'
      weak f@V + f@@V | V {};                      | f@@V
      f@@V + weak f@V | V {};                      | f@@V
      f@V + f@V       | V {};                      | !multiple definition of 'f@V'
      f + f@@V        | V {};                      | !multiple definition of 'f'
      """;

  /** The same of programs, which define the versions that they have no script for. */
  private static final String PROGRAMS =
      """
      f@              |                            | f
      f@@             |                            | f
      f@V             |                            | f@V
      f@@V            |                            | f@@V
      f@@V            | {local: *;};               |
      f f@V           |                            | f@V
      f + f@V         |                            | f f@V
      f@V + f@@V      |                            | !multiple definition of 'f'
      weak f@V + f@@V | W {global: f;};            | f@@V
      """;

  @ParameterizedTest
  @EnumSource
  void definitions(Target target) {
    Tools.needC(target);
    Tools.need("readelf");
    Workbench w = new Workbench(dir, target);
    Map<String, Path> objects = new LinkedHashMap<>();
    OBJECTS.forEach(
        (name, code) -> {
          String source = ".globl d, f\n.type d,@function\n.type f,@function\n" + code + "\n";
          objects.put(name, w.asm("o" + objects.size(), source.replace("; ", "\n")));
        });
    check(w, objects, LIBRARIES, "-shared");
    check(w, objects, PROGRAMS, "-pie", "-E", "--no-dynamic-linker", "-e", "0");
  }

  private static void check(Workbench w, Map<String, Path> objects, String table, String... kind) {
    List<String> actual = new ArrayList<>();
    for (String row : table.split("\n")) {
      String[] cells = row.split("\\|", -1);
      List<Object> line = new ArrayList<>(List.of("-m", w.target.emulation, kind));
      for (String name : cells[0].split("\\+")) {
        line.add(objects.get(name.strip()));
      }
      if (!cells[1].isBlank()) {
        line.add("--version-script=" + w.file("map", cells[1] + "\n"));
      }
      Linked linked = w.jld(line);
      String says = cells[2].strip();
      String result =
          linked.status() == 0
              ? String.join(" ", exported(linked.output()))
              : linked.err().contains(says.replace("!", "")) ? says : "!" + linked.err();
      actual.add((cells[0] + "|" + cells[1] + "| " + result).strip());
    }
    assertEquals(
        String.join("\n", table.lines().map(String::strip).toList()), String.join("\n", actual));
  }

  private static TreeSet<String> exported(Path file) {
    TreeSet<String> names = new TreeSet<>();
    for (String line :
        Proc.run(file.getParent(), List.of("readelf", "-W", "--dyn-syms", file.toString()))
            .ok()
            .out()
            .split("\n")) {
      Matcher m = SYMBOL.matcher(line);
      if (m.find()) {
        assertTrue(names.add(m.group(1)) || m.group(1).equals("f"), line);
      }
    }
    return names;
  }

  /** Who asks for {@code f@V} gets what another object defines as {@code f@@V}, and the reverse. */
  @ParameterizedTest
  @EnumSource
  void references(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path caller =
        w.c(
            "caller",
            """
            int old(void), f(void);
            __asm__(".symver old, f@V");
            int call(void) { return 10 * old() + f(); }
            """,
            "-fPIC");
    Path versioned =
        w.c("def", "int g(void) { return 4; }\n__asm__(\".symver g, f@@V\");\n", "-fPIC");
    Path script = w.file("v.map", "V { global: call; g; local: *; };\n");
    Path main =
        w.c(
            "main",
            """
            #include <stdio.h>
            int call(void);
            int main(void) { printf("%d\\n", call()); return 0; }
            """);
    d.library("v", caller, versioned, "-Wl,--version-script=" + script);
    assertEquals("44\n", d.program(main, "-lv").run().out());
    assertEquals("44\n", d.program(main, caller, versioned).run().out());
    assertEquals("44\n", d.program("-static", main, versioned, caller).run().out());
    Path both = w.c("both", "int f(void) { return 5; }\n__asm__(\".symver f, f@V\");\n", "-fPIC");
    assertEquals("55\n", d.program(main, both, caller).run().out());
  }

  /** A name with a version extracts what defines it by default, and is not left to any library. */
  @ParameterizedTest
  @EnumSource
  void wantedVersions(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String code = ".globl g\ng: call r\n.symver r,f@V\n";
    Path reference = w.asm("reference", code);
    Path definition = w.asm("definition", ".globl d\nd: ret\n.symver d,f@@V,remove\n");
    Path archive = w.archive("libf.a", definition);
    Object[] lazy = {"--start-lib", definition, "--end-lib"};
    Object[] line = {"-m", target.emulation, "-e", "g", reference};
    w.jld(line, archive).ok().silent();
    w.jld(line, lazy).ok().silent();
    w.jld(line, archive, archive, lazy).ok().silent();
    String undefined = "undefined reference to 'f@V'";
    w.jld("-shared", "-z", "notext", line).failed(undefined);
    Path plain = w.asm("plain", ".globl f\nf: ret\n");
    w.jld("-shared", "-z", "notext", line, plain).failed(undefined);
    w.jld("-shared", "-z", "notext", line, plain, "--version-script", w.file("m", "V { f; };\n"))
        .failed(undefined);
  }

  /** What the library that another one needs defines | wanted as f@V | wanted as f. */
  private static final String NEEDED =
      """
      f@V       | ok                             | undefined reference to 'f'
      f@@V      | ok                             | ok
      f@W       | undefined reference to 'f@V'   | undefined reference to 'f'
      f@@W      | undefined reference to 'f@V'   | ok
      f         | undefined reference to 'f@V'   | ok
      f@V f@@W  | ok                             | ok
      """;

  /** A library finds what it wants of another in the version that it wants, or not at all. */
  @ParameterizedTest
  @EnumSource
  void librariesOfLibraries(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path script = w.file("vw.map", "V {}; W {};\n");
    String code = "int o(void); int g(void) { return o(); }\n__asm__(\".symver o, f@V\");\n";
    Object[] users = {
      w.c("versioned", code, "-fPIC"),
      w.c("plain", "int f(void); int g(void) { return f(); }", "-fPIC"),
    };
    Path[] asks = new Path[users.length];
    for (int i = 0; i < users.length; i++) {
      Path lib = dir.resolve("first" + i);
      String first = i == 0 ? "f@@V" : "f";
      define(w, lib, first, script);
      asks[i] = dir.resolve("libb" + i + ".so");
      w.jldTo(asks[i], w.commandLine("gcc", "-shared", users[i], lib.resolve("liba.so"))).ok();
    }
    Path main = w.c("main", "int g(void); int main(void) { return g(); }");
    Path own = w.c("own", "int f(void) { return 7; }");
    StringBuilder actual = new StringBuilder();
    for (String row : NEEDED.split("\n")) {
      String[] cells = row.split("\\|");
      Path lib = dir.resolve(cells[0].strip().replace(" ", "-"));
      define(w, lib, cells[0].strip(), script);
      actual.append(String.format("%-10s", cells[0].strip()));
      for (int i = 0; i < asks.length; i++) {
        Object[] line = {"-Wl,--no-as-needed", main, asks[i], lib.resolve("liba.so")};
        Linked linked = w.gcc(line);
        String expected = cells[i + 1].strip();
        boolean as = linked.status() == 0 ? expected.equals("ok") : linked.err().contains(expected);
        actual.append(String.format("| %-31s", as ? expected : linked.toString()));
        // the program's own f, which has no version, is no answer to f@V
        Linked withOwn = w.gcc(line, own);
        assertEquals(i == 1 || linked.status() == 0 ? 0 : 1, withOwn.status(), row);
        // nor does it take the place of an f@V that is not the default
        boolean exports = withOwn.status() == 0 && exported(withOwn.output()).contains("f");
        assertEquals(withOwn.status() == 0 && (i == 1 || cells[0].contains("@@")), exports, row);
      }
      actual.replace(actual.length(), actual.length(), "\n");
    }
    assertEquals(NEEDED, actual.toString().replaceAll(" +\n", "\n"));
  }

  /** Makes {@code liba.so} with some versions of a function. */
  private static void define(Workbench w, Path lib, String names, Path script) throws IOException {
    Files.createDirectories(lib);
    StringBuilder source = new StringBuilder();
    for (String name : names.split(" ")) {
      String c = name.replaceAll("@+", "_");
      source.append("int ").append(c).append("(void) { return 1; }\n");
      if (name.contains("@")) {
        source.append("__asm__(\".symver " + c + "," + name + "\");\n");
      }
    }
    Path object = w.c(lib.getFileName() + "-object", source.toString(), "-fPIC");
    Object[] line = {"-shared", "-Wl,-soname=liba.so", "-Wl,--version-script=" + script, object};
    w.jldTo(lib.resolve("liba.so"), w.commandLine("gcc", line)).ok();
  }
}
