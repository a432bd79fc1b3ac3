package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Proc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The same programs and libraries, linked by jld and by GNU ld, each in a directory of its own and
 * under the same names. What a program prints and its status have to be the same, with lazy binding
 * and without, and the loader may find nothing wrong that it does not find with GNU ld.
 */
final class Pair {
  /** Which linker a build is for. */
  enum By {
    JLD,
    GNU
  }

  private final Map<By, Path> dirs = new TreeMap<>();

  Pair(Path dir) throws IOException {
    for (By by : By.values()) {
      dirs.put(
          by, Files.createDirectories(dir.resolve(by.name().toLowerCase(java.util.Locale.ROOT))));
    }
  }

  Path dir(By by) {
    return dirs.get(by);
  }

  /** Runs a compiler once for each linker, in its directory; nothing may be printed. */
  void build(Map<String, String> environment, Function<By, List<String>> command) {
    for (By by : By.values()) {
      Proc p = Proc.run(dir(by), command.apply(by), environment).ok();
      if (by == By.JLD) {
        assertEquals("", p.out() + p.err(), p::toString);
      }
    }
  }

  /** Runs a program of both linkers; what jld's one has printed. */
  String run(String program) {
    return run(program, Map.of());
  }

  String run(String program, Map<String, String> environment) {
    Proc expected = run(By.GNU, program, environment, "LD_BIND_NOW", "1");
    assertEquals(0, expected.status(), expected::toString);
    for (String now : List.of("1", "")) {
      Proc actual = run(By.JLD, program, environment, "LD_BIND_NOW", now);
      assertEquals(expected.out(), actual.out(), actual::toString);
      assertEquals(expected.status(), actual.status(), actual::toString);
    }
    Set<String> ours = complaints(By.JLD, program, environment);
    if (!ours.isEmpty()) {
      ours.removeAll(complaints(By.GNU, program, environment));
    }
    assertEquals(Set.of(), ours);
    return expected.out();
  }

  private Proc run(
      By by, String program, Map<String, String> environment, String key, String value) {
    Map<String, String> all = new TreeMap<>(environment);
    all.put("LD_LIBRARY_PATH", environment.getOrDefault("LD_LIBRARY_PATH", "") + ":" + dir(by));
    if (!value.isEmpty()) {
      all.put(key, value);
    }
    return Proc.run(dir(by), List.of(dir(by).resolve(program).toString()), all);
  }

  /** The loader's lines about errors, without process number and addresses. */
  private Set<String> complaints(By by, String program, Map<String, String> environment) {
    Path log = dir(by).resolve("loader");
    Map<String, String> all = new TreeMap<>(environment);
    all.put("LD_DEBUG", "all");
    Proc done = run(by, program, all, "LD_DEBUG_OUTPUT", log.toString());
    assertEquals(0, done.status(), done::toString);
    Set<String> lines = new TreeSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(dir(by), "loader.*")) {
      long read = 0;
      for (Path file : files) {
        for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n")) {
          read++;
          // A symbol's name may have the word in it: "error: ..." and "(fatal)" are the loader's.
          if (line.contains("error:") || line.contains("(fatal)")) {
            lines.add(line.replace(dir(by).toString(), "").replaceFirst("^ *[0-9]+:\t", ""));
          }
        }
        Files.delete(file);
      }
      assertTrue(
          read > 0 || isStatic(dir(by).resolve(program)),
          () -> "the loader has said nothing: " + done);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private static boolean isStatic(Path program) {
    return !Proc.run(program.getParent(), List.of("readelf", "-lW", program.toString()))
        .ok()
        .out()
        .contains("INTERP");
  }
}
