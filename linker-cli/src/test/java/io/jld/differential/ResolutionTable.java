package io.jld.differential;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.Multiset;
import io.jld.cli.Main;
import io.jld.differential.Bench.Linker;
import io.jld.differential.ResolutionCells.Cell;
import io.jld.e2e.ElfImage;
import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Links many cells at once, so that a table of ten thousand takes seconds: they have no name in
 * common. Cells whose names a linker's errors have are those that it refuses; it links the others
 * once more without them.
 */
final class ResolutionTable {
  private static final Pattern NUMBER = Pattern.compile("\\b[a-z]_(\\d{5})");
  private static final Multiset<String> REFUSED = ImmutableMultiset.of("refused");

  enum Kind {
    EXECUTABLE("executable", "-no-pie", "--dynamic-linker", "/ld.so"),
    PIE("pie", "-pie", "--dynamic-linker", "/ld.so"),
    SHARED("shared", "-shared"),
    STATIC("static", "-static"),
    RELOCATABLE("r", "-r");

    final String label;
    private final List<String> options;

    Kind(String label, String... options) {
      this.label = label;
      this.options = List.of(options);
    }

    boolean takesLibraries() {
      return this != STATIC && this != RELOCATABLE;
    }

    boolean isProgram() {
      return this != SHARED && this != RELOCATABLE;
    }
  }

  private final ResolutionFiles files;
  private final Target target;
  private final Path start;
  private final Path base;

  ResolutionTable(Path dir, Target target) {
    this.files = new ResolutionFiles(dir, target);
    this.target = target;
    start = files.start();
    base = files.base();
  }

  /** The facts of each cell, by its number. */
  Map<Integer, Multiset<String>> link(
      Linker linker, Kind kind, List<String> options, List<Cell> cells) {
    cells.forEach(files::make);
    Map<Integer, Multiset<String>> facts = new TreeMap<>();
    List<Cell> left = new ArrayList<>(cells);
    while (!left.isEmpty()) {
      Path output = files.dir().resolve("out." + linker.command);
      List<String> args = new ArrayList<>(List.of("-m", target.emulation, "-o", "" + output));
      args.addAll(kind.options);
      args.addAll(List.of("-rpath-link", files.dir().toString()));
      args.addAll(options);
      if (kind.isProgram()) {
        args.add(start.toString());
      }
      if (kind.takesLibraries()) {
        args.add(base.toString());
      }
      left.forEach(c -> args.addAll(files.args(c, linker)));
      String errors = run(linker, args);
      if (errors == null) {
        try {
          facts.putAll(ResolutionFacts.of(ElfImage.read(output), target, left));
          Files.delete(output);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return facts;
      }
      Set<Integer> named = named(errors);
      List<Cell> refused = left.stream().filter(c -> named.contains(c.number())).toList();
      if (refused.isEmpty()) {
        if (left.size() == 1) {
          refused = List.copyOf(left);
        } else {
          int half = left.size() / 2;
          facts.putAll(link(linker, kind, options, left.subList(0, half)));
          facts.putAll(link(linker, kind, options, left.subList(half, left.size())));
          return facts;
        }
      }
      refused.forEach(c -> facts.put(c.number(), REFUSED));
      left.removeAll(refused);
    }
    return facts;
  }

  /** Which cells errors are about. */
  private static Set<Integer> named(String errors) {
    Set<Integer> named = new HashSet<>();
    boolean skipped = false;
    for (String line : errors.lines().toList()) {
      if (!line.startsWith(">>>")) {
        skipped = line.contains("warning: ");
      } else {
        // Other files, which may have to do with it.
        skipped |= line.startsWith(">>> did you mean") || line.contains(" for itself alone");
      }
      Matcher m = NUMBER.matcher(line);
      while (!skipped && m.find()) {
        named.add(Integer.parseInt(m.group(1)));
      }
    }
    return named;
  }

  /** What it says where it fails; null where it doesn't. */
  private String run(Linker linker, List<String> args) {
    if (linker == Linker.JLD) {
      List<String> all = new ArrayList<>(List.of("--error-limit=0"));
      all.addAll(args);
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      PrintStream to = new PrintStream(err, true, StandardCharsets.UTF_8);
      int status = Main.run(all.toArray(String[]::new), to, to);
      String says = err.toString(StandardCharsets.UTF_8);
      assertFalse(says.contains("internal error"), says);
      return status == 0 ? null : says;
    }
    try {
      Path response = files.dir().resolve("args." + linker.command);
      Files.write(response, args);
      List<String> command = new ArrayList<>(List.of(linker.command));
      if (linker == Linker.LLD) {
        command.add("--error-limit=0");
      }
      command.add("@" + response);
      Proc p = Proc.run(files.dir(), command);
      return p.status() == 0 ? null : p.out() + p.err();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
