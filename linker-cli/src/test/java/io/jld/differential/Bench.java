package io.jld.differential;

import com.google.common.collect.LinkedHashMultiset;
import com.google.common.collect.Multiset;
import io.jld.e2e.Linked;
import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One case of the comparison: objects are compiled once, and each linker links them into a
 * directory of its own with the command line that the compiler would give it. A library is found by
 * the programs behind it with {@code -l}.
 */
final class Bench {
  enum Linker {
    JLD("jld"),
    GNU("ld"),
    LLD("ld.lld");

    final String command;

    Linker(String command) {
      this.command = command;
    }
  }

  /** Stands for a linker's own directory until it is known which linker is called. */
  private static final String HERE = "/linker/";

  private final Path dir;
  final Target target;
  private final String name;
  private final Workbench bench;
  private final Map<String, Map<Linker, Multiset<String>>> facts = new LinkedHashMap<>();

  Bench(Path dir, Target target, String name) {
    this.dir = dir;
    this.target = target;
    this.name = name;
    bench = new Workbench(dir, target);
    for (Linker linker : Linker.values()) {
      try {
        Files.createDirectories(dir(linker));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  Path dir(Linker linker) {
    return dir.resolve(linker.command);
  }

  /** The facts of each output by each linker. The names are TARGET/CASE/OUTPUT. */
  Map<String, Map<Linker, Multiset<String>>> facts() {
    return facts;
  }

  // Inputs

  /** Whether the target is amd64: for words that only one assembler knows. */
  boolean amd64() {
    return target == Target.AMD64;
  }

  Path c(String name, String source, String... flags) {
    return bench.c(name, source, flags);
  }

  Path cxx(String name, String source, String... flags) {
    return bench.cxx(name, source, flags);
  }

  Path asm(String name, String source, String... flags) {
    return bench.asm(name, source, flags);
  }

  Path archive(String name, Path... objects) {
    return bench.archive(name, objects);
  }

  Path file(String name, String content) {
    return bench.file(name, content);
  }

  /** Makes a library with the system's own linker. */
  Path systemLibrary(String name, Path... objects) {
    Path file = dir.resolve(name);
    List<String> command = new ArrayList<>(List.of("ld", "-m", target.emulation, "-shared"));
    command.addAll(List.of("-soname", name, "-o", file.toString()));
    command.addAll(Workbench.strings((Object[]) objects));
    Proc.run(dir, command).ok();
    return file;
  }

  // Outputs

  /** Links with one linker; whether it succeeds. */
  boolean links(Linker linker, Path output, List<String> args) {
    if (linker == Linker.JLD) {
      return bench.jldTo(output, args).status() == 0;
    }
    List<String> command = new ArrayList<>(List.of(linker.command));
    command.addAll(args);
    command.addAll(List.of("-o", output.toString()));
    return Proc.run(dir(linker), command).status() == 0;
  }

  /** Links {@code libNAME.so}. */
  void library(String name, Object... args) {
    String file = "lib" + name + ".so";
    link(file, line("gcc", "-shared", "-Wl,-soname=" + file, args), false);
  }

  /** Links a program and runs it; what it prints and how it ends is compared too. */
  void program(String name, Object... args) {
    programBy("gcc", name, args);
  }

  void programBy(String compiler, String name, Object... args) {
    link(name, line(compiler, args), true);
  }

  /** Links without the compiler's own objects and libraries, and does not run what it makes. */
  void plain(String name, Object... args) {
    List<String> line = new ArrayList<>(List.of("-m", target.emulation));
    line.addAll(Workbench.strings(args));
    link(name, line, false);
  }

  private List<String> line(String compiler, Object... args) {
    return bench.commandLine(compiler, "-L" + HERE, "-Wl,-rpath,$ORIGIN", args);
  }

  private void link(String output, List<String> line, boolean run) {
    Map<Linker, Multiset<String>> all = new EnumMap<>(Linker.class);
    for (Linker linker : Linker.values()) {
      List<String> args = new ArrayList<>();
      for (String arg : line) {
        args.add(arg.replace(HERE, dir(linker) + "/"));
      }
      int relr = args.indexOf("pack-relative-relocs");
      if (relr > 0 && linker == Linker.LLD) {
        args.subList(relr - 1, relr + 1).clear(); // lld 14 has another name for it
        args.add("--pack-dyn-relocs=relr");
      }
      all.put(linker, link(linker, output, args, run));
    }
    facts.put(target + "/" + name + "/" + output, all);
  }

  private Multiset<String> link(Linker linker, String output, List<String> args, boolean run) {
    Path file = dir(linker).resolve(output);
    int status;
    String says;
    if (linker == Linker.JLD) {
      Linked linked = bench.jldTo(file, args);
      status = linked.status();
      says = linked.out() + linked.err();
    } else {
      args.addFirst(linker.command);
      args.addAll(List.of("-o", file.toString()));
      Proc linked = Proc.run(dir(linker), args);
      status = linked.status();
      says = linked.out() + linked.err();
    }
    if (status != 0) {
      return LinkedHashMultiset.create(List.of("link fails: " + firstLine(says)));
    }
    Multiset<String> facts = Facts.of(file);
    if (!says.isEmpty()) {
      facts.add("link says: " + firstLine(says));
    }
    if (run) {
      Proc done = Proc.run(dir(linker), List.of(file.toString()));
      facts.add("run ends with status " + done.status());
      done.out().lines().forEach(line -> facts.add("run prints " + line));
      String err = done.err().replace(dir(linker) + "/", "");
      err.lines().forEach(line -> facts.add("run complains " + line));
    }
    return facts;
  }

  /** Without the name of the linker, directories, and jld's code. */
  private static String firstLine(String says) {
    return says.lines()
        .findFirst()
        .orElse("")
        .replaceAll("/\\S*/", "")
        .replaceFirst("^\\S+: ", "")
        .replaceFirst(" \\[[a-z-]+]$", "");
  }
}
