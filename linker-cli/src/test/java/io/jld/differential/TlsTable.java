package io.jld.differential;

import com.google.common.collect.LinkedHashMultiset;
import com.google.common.collect.Multiset;
import io.jld.differential.Bench.Linker;
import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One variable that is thread-local, by every access model, wherever its definition may be, in
 * every kind of output: what each linker makes of it.
 */
final class TlsTable {
  enum Model {
    GD("global-dynamic"),
    LD("local-dynamic"),
    IE("initial-exec"),
    LE("local-exec"),
    DESC("global-dynamic");

    final String name;

    Model(String name) {
      this.name = name;
    }
  }

  /** Where the variable is defined. */
  enum Definition {
    HERE,
    LIBRARY,
    WEAK,
    COMMON,
    HIDDEN
  }

  enum Output {
    NO_PIE("-no-pie"),
    PIE("-pie"),
    SHARED("-shared"),
    STATIC("-static"),
    STATIC_PIE("-static-pie");

    final String flag;

    Output(String flag) {
      this.flag = flag;
    }

    boolean isStatic() {
      return this == STATIC || this == STATIC_PIE;
    }
  }

  record Cell(Output output, Model model, Definition definition, boolean relax) {
    @Override
    public String toString() {
      String how = relax ? "" : "/no-relax";
      return (output.flag.substring(1) + "/" + model + "/" + definition + how).toLowerCase();
    }
  }

  private static final String USE =
      """
      extern __thread int x ATTRIBUTE;
      static __thread int own = 11;
      int *where(void) { return &x; }
      int *mine(void) { return &own; }
      """;

  /** Two threads: each has its own variables, with the values that they start with. */
  private static final String MAIN =
      """
      #include <pthread.h>
      #include <stdio.h>
      int *where(void), *mine(void);
      static void *work(void *nowhere) {
        int *x = where(), none = 0;
        x = nowhere ? &none : x;
        *x += 2;
        *mine() += 3;
        printf("%d %d\\n", *x, *mine());
        return NULL;
      }
      int main(void) {
        pthread_t t;
        work(NOWHERE);
        pthread_create(&t, NULL, work, NOWHERE);
        pthread_join(t, NULL);
        work(NOWHERE);
        return 0;
      }
      """;

  private static final Pattern RELOC =
      Pattern.compile(
          "^[0-9a-f]+ +[0-9a-f]+ +(R_\\w*(?:TLS|TPOFF|DTP)\\w*) *(?:[0-9a-f]+ +(\\w+))?");

  private final Path dir;
  private final Target target;
  private final Workbench bench;
  private final Map<String, Path> made = new HashMap<>();
  private final Map<String, List<String>> lines = new HashMap<>();

  TlsTable(Path dir, Target target) {
    this.dir = dir;
    this.target = target;
    bench = new Workbench(dir, target);
  }

  /** {@code --no-relax} only where a definition could make a difference. */
  static List<Cell> cells() {
    List<Cell> all = new ArrayList<>();
    for (Output output : Output.values()) {
      for (Model model : Model.values()) {
        for (Definition definition : Definition.values()) {
          if (output.isStatic() && definition == Definition.LIBRARY) {
            continue;
          }
          all.add(new Cell(output, model, definition, true));
          if (definition == Definition.HERE || definition == Definition.LIBRARY) {
            all.add(new Cell(output, model, definition, false));
          }
        }
      }
    }
    return all;
  }

  private Path once(String name, Supplier<Path> make) {
    Path there = made.get(name);
    if (there == null) {
      there = make.get();
      made.put(name, there);
    }
    return there;
  }

  private Path use(Cell c) {
    boolean fixed = c.output == Output.NO_PIE || c.output == Output.STATIC;
    String code =
        c.model == Model.LE ? "-fpie" : c.model == Model.IE && fixed ? "-fno-pie" : "-fPIC";
    String attribute =
        switch (c.definition) {
          case WEAK -> "__attribute__((weak))";
          case HIDDEN -> "__attribute__((visibility(\"hidden\")))";
          default -> "";
        };
    String name = "use-" + c.model + code + "-" + attribute.replaceAll("\\W", "");
    String[] flags = {
      code,
      "-O1",
      "-ftls-model=" + c.model.name,
      "-mtls-dialect=" + (c.model == Model.DESC ? "gnu2" : "gnu")
    };
    return once(name, () -> bench.c(name, USE.replace("ATTRIBUTE", attribute), flags));
  }

  private Path main(boolean nowhere) {
    String name = nowhere ? "main-nowhere" : "main";
    String source = MAIN.replace("NOWHERE", nowhere ? "\"\"" : "NULL");
    return once(name, () -> bench.c(name, source, "-fPIC"));
  }

  /** The definition's file; null where there is none. */
  private Path definition(Definition d) {
    String stack = ".section .note.GNU-stack,\"\",@progbits\n";
    return switch (d) {
      case HERE -> once("here", () -> bench.c("here", "__thread int x = 5;", "-fPIC"));
      case HIDDEN -> once("hidden", () -> bench.c("hidden", "__thread int x = 5;", "-fPIC"));
      case COMMON -> once("common", () -> bench.asm("common", ".tls_common x,4,4\n" + stack));
      case LIBRARY -> once("libx.so", () -> shared("libx.so", definition(Definition.HERE)));
      case WEAK -> null;
    };
  }

  /** A library by GNU ld. */
  private Path shared(String name, Path... objects) {
    Path file = dir.resolve(name);
    List<String> command = new ArrayList<>(List.of("gcc", target.flag, "-shared"));
    command.addAll(Workbench.strings((Object[]) objects));
    command.addAll(List.of("-Wl,-soname," + name, "-o", file.toString()));
    Proc.run(dir, command).ok();
    return file;
  }

  /** A program by GNU ld that uses a library {@code libcell.so}. */
  private Path host(boolean nowhere) {
    String name = nowhere ? "host-nowhere" : "host";
    return once(
        name,
        () -> {
          Path stub =
              once(
                  "libcell.so",
                  () ->
                      shared(
                          "libcell.so",
                          bench.c(
                              "stub", "int *where(void){return 0;} int *mine(void){return 0;}")));
          Path file = dir.resolve(name);
          List<String> command =
              List.of(
                  "gcc",
                  target.flag,
                  "-pie",
                  main(nowhere).toString(),
                  stub.toString(),
                  "-Wl,--allow-shlib-undefined",
                  "-o",
                  file.toString());
          Proc.run(dir, command).ok();
          return file;
        });
  }

  /** What {@code gcc} gives to the linker, with the objects in the place of {@code OBJECTS}. */
  private List<String> line(Cell c) {
    List<Object> objects = new ArrayList<>(List.of(use(c)));
    if (definition(c.definition) != null) {
      objects.add(definition(c.definition));
    }
    if (c.output == Output.SHARED) {
      objects.add("-soname=libcell.so");
    } else {
      objects.add(main(c.definition == Definition.WEAK));
    }
    if (!c.relax) {
      objects.add("--no-relax");
    }
    List<String> line =
        lines.computeIfAbsent(
            c.output.flag,
            flag -> bench.commandLine("gcc", flag, "-pthread", main(false), "-Wl,-rpath=" + dir));
    List<String> all = new ArrayList<>();
    for (String word : line) {
      if (word.equals(main(false).toString())) {
        all.addAll(Workbench.strings(objects));
      } else {
        all.add(word);
      }
    }
    return all;
  }

  /** What the linkers make of a cell. */
  Map<Linker, Multiset<String>> facts(Cell c) {
    List<String> line = line(c);
    Path host = c.output == Output.SHARED ? host(c.definition == Definition.WEAK) : null;
    return Stream.of(Linker.values())
        .parallel()
        .collect(
            Collectors.toConcurrentMap(
                linker -> linker, linker -> facts(c, new ArrayList<>(line), host, linker)));
  }

  private Multiset<String> facts(Cell c, List<String> line, Path host, Linker linker) {
    try {
      return link(c, line, host, linker);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Multiset<String> link(Cell c, List<String> line, Path host, Linker linker)
      throws IOException {
    Path out =
        Files.createDirectories(
            dir.resolve(linker.command).resolve(c.toString().replace('/', '-')));
    Path file = out.resolve(c.output == Output.SHARED ? "libcell.so" : "program");
    int status;
    if (linker == Linker.JLD) {
      status = bench.jldTo(file, line).status();
    } else {
      line.addFirst(linker.command);
      line.addAll(List.of("-o", file.toString()));
      status = Proc.run(out, line).status();
    }
    Multiset<String> facts = LinkedHashMultiset.create();
    if (status != 0) {
      facts.add("link fails");
      return facts;
    }
    if (!c.output.isStatic()) {
      Proc.run(out, List.of("readelf", "-W", "-r", file.toString()))
          .out()
          .lines()
          .forEach(
              l -> {
                Matcher m = RELOC.matcher(l);
                if (m.find()) {
                  facts.add("reloc " + m.group(1) + " " + (m.group(2) == null ? "-" : m.group(2)));
                }
              });
    }
    Proc run =
        host == null
            ? Proc.run(out, List.of(file.toString()))
            : Proc.run(out, List.of(host.toString()), Map.of("LD_LIBRARY_PATH", out.toString()));
    facts.add("run ends with status " + run.status());
    run.out().lines().forEach(l -> facts.add("run prints " + l));
    Files.delete(file);
    return facts;
  }
}
