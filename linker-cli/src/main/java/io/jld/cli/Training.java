package io.jld.cli;

import io.jld.arch.Arches;
import io.jld.asmb.OutBuf;
import io.jld.link.LinkException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program that {@code jld --rebuild-cache} runs while the JVM takes down which classes are
 * loaded and which lambdas are made (JEP 483): it links programs of all architectures as the
 * command line does. What stands in the cache is what a link does; a link that fails here only
 * makes others slower.
 */
final class Training {
  private static final long LARGE_OUTPUT = 64L << 20;

  private final PrintStream messages;
  private int failed;

  private Training(PrintStream messages) {
    this.messages = messages;
  }

  /** Trains; the status is 1 where a link has failed. */
  public static void main(String[] args) {
    int status = 1;
    try {
      status = run(System.err);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("jld: error: training: " + e.getMessage());
    }
    Runtime.getRuntime().halt(status);
  }

  /**
   * Trains in this process.
   *
   * @param messages of links that fail
   * @return 0, or 1 where a link has failed
   */
  static int run(PrintStream messages) throws IOException {
    Training t = new Training(messages);
    Path dir = Files.createTempDirectory("jld-training");
    try {
      t.train(dir);
    } finally {
      delete(dir);
    }
    return t.failed == 0 ? 0 : 1;
  }

  private void train(Path dir) throws IOException {
    for (TrainingTarget target : TrainingTarget.ALL) {
      new TrainingFiles(target, dir.resolve(target.name())).write();
    }
    jld(List.of("--version"));
    reserve(dir.resolve("large"));
    Arches.installed(); // the search that jars in lib/arch/ make necessary
    for (TrainingTarget target : TrainingTarget.ALL) {
      new Links(target, dir.resolve(target.name())).all();
    }
  }

  /** Makes room for a large output, which takes a system call; a full disk is no failure here. */
  private static void reserve(Path file) {
    OutBuf out = OutBuf.create(ByteOrder.LITTLE_ENDIAN, Arena.global());
    try {
      out.open(file);
      out.mmap(LARGE_OUTPUT);
    } catch (LinkException e) {
      // links will tell
    } finally {
      out.discard();
    }
  }

  /** Links of each kind, as gcc has them done. */
  private final class Links {
    private final TrainingTarget target;
    private final Path dir;

    Links(TrainingTarget target, Path dir) {
      this.target = target;
      this.dir = dir;
    }

    void all() throws IOException {
      List<String> other = args("-shared");
      other.add(dir.resolve("other.o").toString());
      link(other, "libother.so");

      List<String> library = args("-shared", "-soname=libshared.so", "-lother");
      library.add("--version-script=" + dir.resolve("shared.map"));
      add(library, "shared", TrainingFiles.SHARED);
      link(library, "libshared.so");

      List<String> pie = args("-pie", "-dynamic-linker=/lib/ld.so", "-z", "now", "--gc-sections");
      pie.add(dir.resolve("start.o").toString());
      add(pie, "pie", TrainingFiles.SHARED);
      pie.addAll(List.of("--push-state", "--as-needed", "-lscript", "--pop-state"));
      link(pie, "pie");

      List<String> program = args("-dynamic-linker=/lib/ld.so");
      program.add(dir.resolve("start.o").toString());
      add(program, "program", TrainingFiles.OBJECTS);
      program.addAll(List.of("-lscript", "-lplain"));
      link(program, "dynamic");

      List<String> alone = args("-static", "--build-id");
      alone.add(dir.resolve("start.o").toString());
      add(alone, "program", TrainingFiles.OBJECTS);
      alone.addAll(List.of("--start-group", "-ltrain", "--end-group"));
      link(alone, "static");
    }

    private List<String> args(String... more) {
      List<String> args = new ArrayList<>(List.of("-m", target.emulation(), "--hash-style=gnu"));
      args.addAll(List.of("--as-needed", "--eh-frame-hdr", "-L" + dir));
      args.addAll(List.of(more));
      return args;
    }

    private void add(List<String> args, String prefix, int n) {
      for (int i = 0; i < n; i++) {
        args.add(dir.resolve(prefix + i + ".o").toString());
      }
    }

    private void link(List<String> args, String output) throws IOException {
      Path rsp = dir.resolve(output + ".rsp");
      Files.writeString(rsp, "\"" + String.join("\"\n\"", args) + "\"\n");
      jld(List.of("@" + rsp, "-o", dir.resolve(output).toString()));
    }
  }

  /** Mappings are never given up, as in a process that runs one link. */
  private void jld(List<String> args) {
    PrintStream out =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    if (Main.run(args.toArray(String[]::new), out, messages, Arena.global()) != 0) {
      failed++;
    }
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }
}
