package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Shared libraries and the programs that use them, linked by jld and by GNU ld side by side: each
 * linker's libraries lie in a directory of its own, under the same names.
 */
final class Dynamic {
  private static final List<String> LINKERS = List.of("jld", "ld");
  private static final Pattern LOADER_ERROR = Pattern.compile("error:(?!.*\\(fatal\\)$)");

  final Workbench bench;
  private int outputs;

  Dynamic(Path dir, Target target) {
    bench = new Workbench(dir, target);
  }

  Path dir(String linker) {
    try {
      return Files.createDirectories(bench.dir.resolve("by-" + linker));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Links {@code libNAME.so} with both linkers, as {@code gcc -shared} does; the one of jld. */
  Path library(String name, Object... args) {
    return libraryWith("gcc", name, args);
  }

  Path libraryWith(String compiler, String name, Object... args) {
    String file = "lib" + name + ".so";
    link(compiler, file, "-shared", "-Wl,-soname=" + file, args);
    return dir("jld").resolve(file);
  }

  /**
   * Links a file with both linkers; each sees the libraries that it made itself with {@code -l}.
   */
  void link(String compiler, String file, Object... args) {
    for (String linker : LINKERS) {
      Path output = dir(linker).resolve(file);
      Linked linked = linkWith(linker, compiler, output, args);
      if (linker.equals("jld")) {
        linked.silent();
      }
    }
  }

  Linked linkWith(String linker, String compiler, Path output, Object... args) {
    List<String> line =
        bench.commandLine(
            compiler,
            "-L" + dir(linker),
            "-Wl,-rpath," + dir(linker),
            "-Wl,-rpath-link," + dir(linker),
            args);
    if (linker.equals("jld")) {
      return bench.jldTo(output, line).ok();
    }
    List<String> command = new ArrayList<>(List.of(linker));
    command.addAll(line);
    command.addAll(List.of("-o", output.toString()));
    Proc done = Proc.run(bench.dir, command).ok();
    return new Linked(command, done.status(), done.out(), done.err(), output);
  }

  /**
   * Links a program with both linkers and runs both, with lazy binding and without; they have to do
   * the same, and the loader has to be content with jld's.
   */
  Linked program(Object... args) {
    return programWith("gcc", args);
  }

  Linked programWith(String compiler, Object... args) {
    String file = "program" + outputs++;
    link(compiler, file, args);
    Path ours = dir("jld").resolve(file);
    Proc expected = Proc.run(dir("ld"), List.of(dir("ld").resolve(file).toString()));
    for (Map<String, String> environment :
        List.of(Map.of("LD_BIND_NOW", "1"), Map.<String, String>of())) {
      Proc actual = Proc.run(dir("jld"), List.of(ours.toString()), environment);
      assertEquals(expected.out(), actual.out(), () -> environment + " " + actual);
      assertEquals(expected.status(), actual.status(), () -> environment + " " + actual);
    }
    loads(ours);
    return new Linked(bench.strings(args), 0, "", "", ours);
  }

  /** Fails if glibc's loader has anything to complain about. */
  void loads(Path program) {
    Path log = bench.dir.resolve("loader");
    Proc done =
        Proc.run(
            bench.dir,
            List.of(program.toString()),
            Map.of("LD_DEBUG", "all", "LD_DEBUG_OUTPUT", log.toString()));
    try (var files = Files.newDirectoryStream(bench.dir, "loader.*")) {
      for (Path file : files) {
        for (String line :
            Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).split("\n")) {
          assertFalse(LOADER_ERROR.matcher(line).find(), () -> done + "\n" + line);
        }
        Files.delete(file);
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
