package io.jld.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which package of the core may depend on which: the table of docs/architecture.md. A package may
 * depend on those that its row names, and on what these may depend on. That all of them do so is
 * among the other rules, in {@link ArchitectureTest}.
 */
class PackagesTest {
  private static final String TABLE =
      """
      link.Linker  ->  pass, keep
      pass         ->  report, relocatable, icf, lto, undefined
      report       ->  write
      relocatable  ->  write
      write        ->  layout
      layout       ->  gather, content, gdbindex, thunk, relax
      thunk        ->  place
      relax        ->  reloc
      gdbindex     ->  model, dwarf
      gather       ->  place, dynamic
      place        ->  segment, synth
      dynamic      ->  synth
      synth        ->  frame, resolve
      content      ->  frame, resolve
      icf          ->  frame, resolve
      lto          ->  resolve
      frame        ->  reloc
      reloc        ->  merge, source
      merge        ->  match
      segment      ->  model
      match        ->  model
      undefined    ->  resolve
      resolve      ->  load, source
      source       ->  model, dwarf
      dwarf        ->  input, asmb, arch
      load         ->  caller, builtin
      caller       ->  model
      model        ->  symbol, plugin
      plugin       ->  input
      keep         ->  input
      symbol       ->  input, asmb, arch
      input        ->  script
      builtin      ->  plan
      script       ->  plan, pattern
      plan         ->  link, elf
      pattern      ->  link
      asmb         ->  link, elf
      arch         ->  link
      link         ->
      elf          ->
      """;

  /**
   * Rows that end a chain: these may be named for themselves, and what is behind them is not meant.
   */
  private static final Set<String> ENDS = Set.of("asmb", "arch", "link", "elf");

  /**
   * What may point against the table. The architectures' interface has two packages: an
   * architecture is asked about a link, which has an architecture; and a request says which
   * architectures there are to choose from.
   */
  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "asmb.Link", "arch",
          "asmb.Blocks", "arch",
          "arch.Arch", "asmb",
          "arch.Relocs", "asmb",
          "arch.ObjectMerge", "asmb",
          "arch.Relaxer", "asmb",
          "arch.Thunks", "asmb",
          "arch.Scan", "asmb",
          "link.LinkRequest", "arch",
          "link.Failure", "arch");

  private static final int MANY_FILES = 21;

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.jld");

  private static Map<String, List<String>> rows(String table) {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (String line : table.lines().toList()) {
      String[] sides = line.split("->", -1);
      String to = sides[1].strip();
      rows.put(sides[0].strip(), to.isEmpty() ? List.of() : List.of(to.split(", ")));
    }
    return rows;
  }

  private static Set<String> allowed(Map<String, List<String>> rows, String from) {
    Set<String> found = new TreeSet<>();
    List<String> open = new ArrayList<>(rows.get(from));
    while (!open.isEmpty()) {
      String to = open.removeLast();
      if (found.add(to) && !ENDS.contains(to)) {
        open.addAll(rows.get(to));
      }
    }
    return found;
  }

  /** A class with its package below io.jld: {@code link.Linker}. */
  private static String name(JavaClass c) {
    String name = c.getBaseComponentType().getName();
    return name.startsWith("io.jld.") ? name.substring(7).replaceFirst("\\$.*", "") : "";
  }

  /** The row that a class belongs to; null where it is none of the core's. */
  private static String row(String name) {
    if (name.equals("link.Linker")) {
      return name;
    }
    int dot = name.lastIndexOf('.');
    String packageName = dot < 0 ? "" : name.substring(0, dot);
    return Set.of("", "amd64", "x86", "cli", "cli.map", "cli.resident", "cli.server", "cli.worker")
            .contains(packageName)
        ? null
        : packageName;
  }

  /** The dependencies that the table has no room for. */
  static Set<String> violations() {
    return violations(TABLE, EXCEPTIONS);
  }

  private static Set<String> violations(String table, Map<String, String> exceptions) {
    Map<String, List<String>> rows = rows(table);
    Set<String> found = new TreeSet<>();
    for (JavaClass c : ALL) {
      String from = name(c);
      if (row(from) == null) {
        continue;
      }
      Set<String> allowed = allowed(rows, row(from));
      for (Dependency d : c.getDirectDependenciesFromSelf()) {
        String to = row(name(d.getTargetClass()));
        if (to != null
            && !to.equals(row(from))
            && !allowed.contains(to)
            && !to.equals(exceptions.get(from))) {
          found.add(from + " -> " + name(d.getTargetClass()));
        }
      }
    }
    return found;
  }

  @Test
  void theTableNamesEveryPackageOfTheCore() {
    Set<String> there = new TreeSet<>();
    for (JavaClass c : ALL) {
      if (row(name(c)) != null) {
        there.add(row(name(c)));
      }
    }
    assertEquals(new TreeSet<>(rows(TABLE).keySet()), there);
  }

  /** Each row names rows below it, so that there is no way round. */
  @Test
  void theTableHasNoCircle() {
    List<String> order = List.copyOf(rows(TABLE).keySet());
    rows(TABLE)
        .forEach(
            (from, all) ->
                all.forEach(
                    to -> assertTrue(order.indexOf(to) > order.indexOf(from), from + " -> " + to)));
  }

  @Test
  void noExceptionIsForNothing() {
    for (String from : EXCEPTIONS.keySet()) {
      Map<String, String> others = new LinkedHashMap<>(EXCEPTIONS);
      others.remove(from);
      assertTrue(
          violations(TABLE, others).stream().anyMatch(v -> v.startsWith(from + " -> ")), from);
    }
  }

  @Test
  void anArrowThatTheTableLacksIsFound() {
    String without = TABLE.replace("frame        ->  reloc\n", "frame        ->  model\n");
    Set<String> found = violations(without, EXCEPTIONS);
    assertTrue(found.contains("frame.EhFrame -> reloc.RelocReader"), found::toString);
  }

  /** A package is a room that one looks through; a larger one has to say why it is one. */
  @Test
  void noPackageIsLargeWithoutAReason() throws IOException {
    Path core = Path.of("../linker-core/src/main/java/io/jld");
    Set<String> found = new TreeSet<>();
    for (String name : rows(TABLE).keySet()) {
      Path home = core.resolve(name.replace(".Linker", ""));
      try (Stream<Path> files = Files.list(home)) {
        String info = Files.readString(home.resolve("package-info.java"));
        if (files.count() - 1 > MANY_FILES && !info.contains("<p>It is one package because")) {
          found.add(name);
        }
      }
    }
    assertEquals(Set.of(), found);
  }

  @Test
  void theDocumentHasTheSameTable() throws IOException {
    String text = Files.readString(Path.of("../docs/architecture.md"));
    assertTrue(text.contains(TABLE.indent(4)), "docs/architecture.md has another table");
  }
}
