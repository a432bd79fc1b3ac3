package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.abort;

import io.jld.link.OutputSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tern.code.Target;
import tern.lang.Errors.Refused;
import tern.lang.Source;
import tern.run.Memfd;
import tern.run.Run;

/** What the tests do with programs. */
final class Tern {
  /** A way to compile. */
  record Way(Target target, Library library) {}

  private static final Map<Target, String> MISSING = new EnumMap<>(Target.class);

  private Tern() {}

  static Stream<Way> ways() {
    return Arrays.stream(Target.values())
        .flatMap(t -> Arrays.stream(Library.values()).map(l -> new Way(t, l)));
  }

  static Source program(String name) {
    try {
      return new Source(name, Files.readString(Path.of("programs", name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compiles and runs it; where this machine can't run what it is compiled for, says so. */
  static Run.Result run(Way way, List<Source> sources, String... args) throws Exception {
    checkRuns(way);
    return run(way, sources, List.of(args), "");
  }

  static Run.Result run(Way way, List<Source> sources, List<String> args, String input)
      throws Exception {
    try (Memfd program = new Memfd("program")) {
      Program.build(sources, way.target(), way.library(), OutputSink.memory(program));
      return Run.captured(program, args, input);
    }
  }

  static Run.Result run(Way way, String text, String... args) throws Exception {
    return run(way, List.of(new Source("test.tern", text)), args);
  }

  /** Compiles and runs it, and wants a status of 0 and no complaints. */
  static String output(Way way, String text, String... args) throws Exception {
    Run.Result r = run(way, text, args);
    assertEquals("", r.err());
    assertEquals(0, r.status());
    return r.out();
  }

  /** The messages that refuse a program, each with its lines. */
  static List<String> refused(Way way, Source... sources) {
    Refused e =
        assertThrows(
            Refused.class,
            () ->
                Program.build(List.of(sources), way.target(), way.library(), OutputSink.memory()));
    return e.errors().stream().map(Object::toString).toList();
  }

  private static void checkRuns(Way way) throws Exception {
    if (way.library() == Library.C) {
      try {
        CLibrary.find(way.target());
      } catch (Refused e) {
        abort(e.getMessage());
      }
    }
    String missing;
    synchronized (MISSING) {
      missing = MISSING.computeIfAbsent(way.target(), Tern::tryOne);
    }
    if (!missing.isEmpty()) {
      abort(missing);
    }
  }

  /** Empty where the machine runs programs for the target. */
  private static String tryOne(Target target) {
    try {
      Source s = new Source("try.tern", "fn main() { }");
      run(new Way(target, Library.NONE), List.of(s), List.of(), "");
      return "";
    } catch (IOException e) {
      return "this machine runs no programs for " + target.arch() + ": " + e.getMessage();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
