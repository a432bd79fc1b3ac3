package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
}
