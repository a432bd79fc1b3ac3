package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A directory with what a test compiles and links. jld runs in this process, GNU ld in its own; the
 * command lines are those that the compiler itself would give to the linker.
 */
public final class Workbench {
  final Path dir;
  final Target target;
  private int outputs;

  public Workbench(Path dir, Target target) {
    this.dir = dir;
    this.target = target;
  }

  // Sources and objects

  public Path file(String name, String content) {
    try {
      return Files.writeString(dir.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String name) {
    try {
      return Files.readString(dir.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compiles C; the object is NAME.o. */
  public Path c(String name, String source, String... flags) {
    return compile("gcc", name, ".c", source, flags);
  }

  public Path cxx(String name, String source, String... flags) {
    return compile("g++", name, ".cc", source, flags);
  }

  /** Assembles, with the preprocessor. */
  public Path asm(String name, String source, String... flags) {
    return compile("gcc", name, ".S", source, flags);
  }

  Path compile(String compiler, String name, String suffix, String source, String... flags) {
    Path src = file(name + suffix, source);
    Path object = dir.resolve(name + ".o");
    List<String> command =
        new ArrayList<>(
            List.of(compiler, target.flag, "-c", src.toString(), "-o", object.toString()));
    command.addAll(Arrays.asList(flags));
    Proc.run(dir, command).ok();
    return object;
  }

  /** Makes an archive with an index. */
  public Path archive(String name, Path... objects) {
    return archive(name, "rcs", objects);
  }

  Path archive(String name, String mode, Path... objects) {
    List<String> command = new ArrayList<>(List.of("ar", mode, name));
    for (Path o : objects) {
      command.add(dir.relativize(o).toString());
    }
    Proc.run(dir, command).ok();
    return dir.resolve(name);
  }

  // Linking

  Path newOutput() {
    return dir.resolve("out" + outputs++);
  }

  /** Runs jld in this process, or by a server; paths among the arguments have to be absolute. */
  Linked jld(Object... args) {
    return jldTo(newOutput(), args);
  }

  public Linked jldTo(Path output, Object... args) {
    List<String> all = strings(args);
    all.add("-o");
    all.add(output.toString());
    Served served = Served.current();
    if (served != null) {
      return served.link(dir, all, output);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            all.toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Linked(
        all,
        status,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8),
        output);
  }

  /** Runs GNU ld. */
  Linked ld(Object... args) {
    return linker("ld", args);
  }

  Linked linker(String linker, Object... args) {
    Path output = newOutput();
    List<String> all = new ArrayList<>(List.of(linker));
    all.addAll(strings(args));
    all.add("-o");
    all.add(output.toString());
    Proc p = Proc.run(dir, all);
    return new Linked(all, p.status(), p.out(), p.err(), output);
  }

  public static List<String> strings(Object... args) {
    List<String> all = new ArrayList<>();
    for (Object a : args) {
      switch (a) {
        case Object[] array -> all.addAll(strings(array));
        case List<?> list -> all.addAll(strings(list.toArray()));
        default -> all.add(a.toString());
      }
    }
    return all;
  }

  // Linking as the compiler does it

  /**
   * What {@code compiler} gives to the linker for these arguments, {@code -o} and its value taken
   * out.
   */
  public List<String> commandLine(String compiler, Object... args) {
    try {
      Path bin = Files.createDirectories(dir.resolve("recorder"));
      Path script = bin.resolve("ld");
      if (!Files.exists(script)) {
        Files.writeString(script, "#!/bin/sh\nprintf '%s\\0' \"$@\" > \"$RECORD\"\n");
        if (!script.toFile().setExecutable(true)) {
          throw new AssertionError("can't make " + script + " executable");
        }
      }
      Path record = dir.resolve("record");
      List<String> command = new ArrayList<>(List.of(compiler));
      if (!compiler.startsWith("musl")) {
        command.add(target.flag);
      }
      command.addAll(List.of("-B" + bin + "/", "-o", "a.out"));
      command.addAll(strings(args));
      Proc.run(dir, command, Map.of("RECORD", record.toString())).ok();
      List<String> line = new ArrayList<>(List.of(Files.readString(record).split("\0")));
      int o = line.indexOf("-o");
      line.remove(o + 1);
      line.remove(o);
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Links with jld as {@code gcc ARGS} would. */
  Linked gcc(Object... args) {
    return jld(commandLine("gcc", args));
  }

  /**
   * Links with jld and with GNU ld as the compiler would, runs both programs and compares what they
   * do.
   */
  Linked sameAsLd(String compiler, Object... args) {
    List<String> line = commandLine(compiler, args);
    Linked ours = jld(line);
    Proc expected = ld(line).run();
    Proc actual = ours.run();
    assertEquals(expected.out(), actual.out(), () -> ours + "\n" + actual);
    assertEquals(expected.status(), actual.status(), () -> ours + "\n" + actual);
    assertEquals(expected.err(), actual.err(), () -> ours + "\n" + actual);
    return ours;
  }
}
