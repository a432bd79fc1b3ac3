package io.jld.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.SetMultimap;
import com.google.common.collect.Sets;
import io.jld.differential.Bench.Linker;
import io.jld.e2e.Linked;
import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each cell of {@link CollectionTable}, linked by jld, GNU ld and lld: what is kept of it. */
class CollectionTableTest {
  @TempDir Path dir;

  private static final List<String> KINDS =
      List.of("-static", "-pie LIBRARY", "-no-pie LIBRARY", "-shared");

  private static final List<String> OPTIONS =
      List.of(
          "",
          "--gc-sections",
          "--gc-sections --export-dynamic",
          "--gc-sections --gc-keep-exported",
          "--gc-sections -z start-stop-gc",
          "--gc-sections -z nostart-stop-gc");

  /** The inputs of one target. */
  private record Inputs(
      Workbench bench,
      Path dir,
      Target target,
      CollectionTable table,
      String references,
      String things,
      String strong,
      String library) {}

  @TestFactory
  List<DynamicTest> table() throws IOException {
    Tools.need("gcc", "ld", "ld.lld", "readelf");
    CollectionDifferences accepted = new CollectionDifferences();
    List<DynamicTest> tests = new ArrayList<>();
    for (Target target : Target.values()) {
      Tools.needCxx(target);
      Inputs in = inputs(target);
      for (String mode : List.of("-static", "-pie", "-no-pie", "-static-pie")) {
        tests.add(DynamicTest.dynamicTest(target + " program " + mode, () -> run(in, mode)));
      }
      for (String kind : KINDS) {
        for (String option : OPTIONS) {
          if (option.contains("export") && kind.equals("-static")) {
            continue; // nothing is exported
          }
          String name = (target + " " + kind + " " + option).replace(" LIBRARY", "").strip();
          tests.add(DynamicTest.dynamicTest(name, () -> compare(in, name, kind, option, accepted)));
        }
      }
    }
    tests.add(
        DynamicTest.dynamicTest(
            "every accepted difference occurs", () -> assertEquals(List.of(), accepted.unseen())));
    return tests;
  }

  private Inputs inputs(Target target) throws IOException {
    Path work = Files.createDirectories(dir.resolve(target.arch));
    Workbench bench = new Workbench(work, target);
    CollectionTable table = new CollectionTable(target);
    Path references = bench.asm("references", table.references.toString());
    Path things = bench.asm("things", table.things.toString());
    Path user = bench.asm("user", table.library.toString());
    Path library = work.resolve("libuser.so");
    List<String> command = List.of("ld", "-m", target.emulation, "-shared", user + "");
    Proc.run(work, Workbench.strings(command, "-o", library)).ok();
    bench.file("list", table.dynamicList.toString());
    Path strong = bench.asm("strong", table.strong.toString());
    return new Inputs(
        bench, work, target, table, references + "", things + "", strong + "", library + "");
  }

  private static void compare(
      Inputs in, String name, String kind, String options, CollectionDifferences accepted)
      throws IOException {
    List<String> args = new ArrayList<>(List.of("-m", in.target.emulation, "-e", "_start"));
    args.addAll(List.of(in.references, in.things));
    if (!options.contains(" start-stop-gc")) {
      args.add(in.strong);
    }
    if (kind.contains("LIBRARY")) {
      args.add(in.library);
    }
    args.add("--dynamic-list=" + in.dir.resolve("list"));
    for (String o : (kind + " " + options).replace(" LIBRARY", "").strip().split(" +")) {
      args.add(o);
    }
    args.addAll(in.table.options);
    Map<Linker, SetMultimap<Integer, String>> facts = new EnumMap<>(Linker.class);
    List<Linker> linkers = new ArrayList<>(List.of(Linker.values()));
    if (options.contains("keep-exported")) {
      linkers.remove(Linker.LLD); // does not know it
    }
    for (Linker linker : linkers) {
      facts.put(linker, link(in, linker, args));
    }
    Map<String, Set<String>> unexplained = new TreeMap<>();
    for (CollectionTable.Cell cell : in.table.cells) {
      Set<String> ours = facts.get(Linker.JLD).get(cell.number());
      for (Linker other : linkers.subList(1, linkers.size())) {
        Set<String> theirs = facts.get(other).get(cell.number());
        Set<String> differences = new TreeSet<>();
        Sets.difference(theirs, ours).forEach(f -> differences.add("-" + f));
        Sets.difference(ours, theirs).forEach(f -> differences.add("+" + f));
        String where = name + "/" + cell.name();
        for (String d : accepted.unexplained(other, where, differences)) {
          unexplained
              .computeIfAbsent(other.command + ": " + d, k -> new TreeSet<>())
              .add(cell.name());
        }
      }
    }
    StringBuilder text = new StringBuilder();
    unexplained.forEach((d, cells) -> text.append('\n').append(d).append("  ").append(cells));
    assertEquals("", text.toString());
  }

  private static final String PROGRAM =
      """
      #include <cstdio>
      #include <stdexcept>
      struct Derived : std::runtime_error { using std::runtime_error::runtime_error; };
      struct Guard { const char *name; ~Guard() { std::printf("left %s\\n", name); } };
      void unused() { Guard g{"unused"}; throw 1; }
      static void deep(int n) { Guard g{"deep"}; if (n) deep(n - 1); else throw Derived("thrown"); }
      template <int N> int id() { return N + id<N - 1>(); }
      template <> int id<0>() { return 0; }
      __attribute__((section("set"), used)) static int one = 1;
      __attribute__((section("set"), used)) static int two = 2;
      extern int __start_set[], __stop_set[], tentative, weak __attribute__((weak));
      extern "C" const char *tail();
      __attribute__((constructor(200))) static void second() { std::puts("second"); }
      __attribute__((constructor(150))) static void first() { std::puts("first"); }
      __attribute__((destructor)) static void last() { std::puts("last"); }
      thread_local Guard local{"thread"};
      inline int &counter() { static int n; return n; }
      int main() {
        try { deep(1); } catch (const std::runtime_error &e) { std::puts(e.what()); }
        int sum = 0;
        for (int *p = __start_set; p < __stop_set; p++) sum += *p;
        std::printf("%d %d %d %s %d\\n", sum, id<3>(), tentative + counter(), tail(), &weak != 0);
        return local.name[0] == 't' ? 0 : 1;
      }
      """;

  /** What is collected is nothing that the program needs. */
  private static void run(Inputs in, String mode) throws IOException {
    String pic = mode.endsWith("-no-pie") || mode.equals("-static") ? "-fno-pie" : "-fpie";
    List<String> flags = List.of("-ffunction-sections", "-fdata-sections", "-O1", pic);
    Path main = in.bench.cxx("program", PROGRAM, flags.toArray(String[]::new));
    Path c =
        in.bench.c(
            "part",
            "int tentative; const char *tail(void) { return \"head and tail\" + 9; }",
            "-fcommon",
            "-ffunction-sections",
            pic);
    List<String> line = in.bench.commandLine("g++", mode, "-Wl,--gc-sections", main, c);
    String expected =
        "0\nfirst\nsecond\nleft deep\nleft deep\nthrown\n3 6 0 tail 0\nleft thread\nlast\n";
    for (Linker linker : Linker.values()) {
      if (linker == Linker.LLD && mode.equals("-static-pie")) {
        continue; // what lld 14 makes of it for x86 crashes
      }
      Path output = in.dir.resolve("program." + linker.command);
      if (linker == Linker.JLD) {
        in.bench.jldTo(output, line);
      } else {
        List<String> all = Workbench.strings(linker.command, line, "-z", "nostart-stop-gc");
        Proc.run(in.dir, Workbench.strings(all, "-o", output)).ok();
      }
      Proc done = Proc.run(in.dir, List.of(output.toString()));
      assertEquals(expected, done.status() + "\n" + done.out() + done.err(), linker.command);
    }
  }

  /** What of each cell is in the output; a cell that a complaint names is refused. */
  private static SetMultimap<Integer, String> link(Inputs in, Linker linker, List<String> args)
      throws IOException {
    Path output = in.dir.resolve("out." + linker.command);
    Files.deleteIfExists(output);
    List<String> all = new ArrayList<>(args);
    all.add("--noinhibit-exec");
    String says;
    if (linker == Linker.JLD) {
      Linked linked = in.bench.jldTo(output, all);
      assertEquals(0, linked.status(), linked::toString);
      says = linked.err();
    } else {
      if (linker == Linker.LLD) { // which has no such option
        all.replaceAll(arg -> arg.replaceFirst("^--require-defined=", "-u"));
      }
      Proc linked = Proc.run(in.dir, Workbench.strings(linker.command, all, "-o", output));
      assertTrue(Files.exists(output), linked::toString);
      says = linked.err();
    }
    return CollectionFacts.of(output, says);
  }
}
