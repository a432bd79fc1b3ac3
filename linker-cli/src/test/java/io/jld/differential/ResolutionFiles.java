package io.jld.differential;

import io.jld.differential.Bench.Linker;
import io.jld.differential.ResolutionCells.Body;
import io.jld.differential.ResolutionCells.Cell;
import io.jld.differential.ResolutionCells.Container;
import io.jld.differential.ResolutionCells.Item;
import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The cells' files. One of each sort is assembled, archived or linked; a cell's own is a copy with
 * its number in all names, whose lengths are the same.
 */
final class ResolutionFiles {
  private final Path dir;
  private final Target target;
  private final Map<String, byte[]> templates = new HashMap<>();

  ResolutionFiles(Path dir, Target target) {
    this.dir = dir;
    this.target = target;
  }

  /** Makes what is not there yet of a cell. */
  void make(Cell cell) {
    for (int i = 0; i < cell.items().size(); i++) {
      Item item = cell.items().get(i);
      char slot = (char) ('a' + i);
      Body b = item.body();
      boolean collected = item.container() == Container.COLLECTED;
      String object = b + "-" + slot + (collected ? ".c" : "") + ".o";
      String library = "lib-" + b + "-" + slot + ".so";
      switch (item.container()) {
        case OBJECT, COLLECTED -> copy(object, file(cell, slot, "f_", ".o"));
        case ARCHIVE, START_LIB -> {
          copy(object, file(cell, slot, "f_", ".o"));
          copy(b + "-" + slot + ".a", file(cell, slot, "f_", ".a"));
        }
        case LIBRARY, AS_NEEDED -> copy(library, file(cell, slot, "l_", ".so"));
        case INNER -> {
          copy(library, file(cell, slot, "l_", ".so"));
          copy("outer-" + slot + ".so", file(cell, slot, "o_", ".so"));
        }
      }
    }
  }

  /** What stands on the command line. */
  List<String> args(Cell cell, Linker linker) {
    List<String> args = new ArrayList<>();
    for (int i = 0; i < cell.items().size(); i++) {
      char slot = (char) ('a' + i);
      String object = file(cell, slot, "f_", ".o").toString();
      String archive = file(cell, slot, "f_", ".a").toString();
      String library = file(cell, slot, "l_", ".so").toString();
      switch (cell.items().get(i).container()) {
        case OBJECT, COLLECTED -> args.add(object);
        case ARCHIVE -> args.add(archive);
        case START_LIB -> // which GNU ld 2.40 does not know, and says to be an archive
            args.addAll(
                linker == Linker.GNU
                    ? List.of(archive)
                    : List.of("--start-lib", object, "--end-lib"));
        case LIBRARY -> args.add(library);
        case AS_NEEDED -> args.addAll(List.of("--as-needed", library, "--no-as-needed"));
        case INNER -> args.add(file(cell, slot, "o_", ".so").toString());
      }
    }
    return args;
  }

  /** An object that a program starts with, and a library that makes it a dynamic one. */
  Path start() {
    return assemble("start.o", ".globl _start\n_start: ret\n");
  }

  Path base() {
    Path object = assemble("base.o", ".globl base\nbase = 1\n");
    return link("base.so", "base.so", object);
  }

  Path dir() {
    return dir;
  }

  private Path file(Cell cell, char slot, String prefix, String suffix) {
    return dir.resolve(prefix + number(cell) + slot + suffix);
  }

  private static String number(Cell cell) {
    return String.format("%05d", cell.number());
  }

  private void copy(String template, Path to) {
    if (Files.exists(to)) {
      return;
    }
    String number = to.getFileName().toString().substring(2, 7);
    byte[] bytes = template(template).clone();
    for (int i = 0; i + 7 <= bytes.length; i++) {
      if (bytes[i] == '_' && isNumber(bytes, i + 1)) {
        for (int k = 0; k < 5; k++) {
          bytes[i + 1 + k] = (byte) number.charAt(k);
        }
      }
    }
    try {
      Files.write(to, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isNumber(byte[] bytes, int at) {
    for (int k = 0; k < 5; k++) {
      if (bytes[at + k] != '0') {
        return false;
      }
    }
    return true;
  }

  private byte[] template(String name) {
    return templates.computeIfAbsent(
        name,
        n -> {
          try {
            return Files.readAllBytes(make(n));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Makes a template: BODY-SLOT.o, BODY-SLOT.c.o, BODY-SLOT.a, lib-BODY-SLOT.so, outer-SLOT.so. */
  private Path make(String name) {
    String[] parts = name.split("[-.]");
    if (name.startsWith("outer-")) {
      char slot = parts[1].charAt(0);
      String here = ResolutionCells.NUMBER + slot;
      Path inner = link("l_" + here + ".so", "l_" + here + ".so", object(Body.FUNC, slot, ""));
      Path object = assemble("outer.o", ".data\n.long 0\n");
      return link(name, "o_" + here + ".so", object, inner);
    }
    if (name.startsWith("lib-")) {
      char slot = parts[2].charAt(0);
      String soname = "l_" + ResolutionCells.NUMBER + slot + ".so";
      return link(name, soname, object(Body.valueOf(parts[1]), slot, ""));
    }
    char slot = parts[1].charAt(0);
    if (name.endsWith(".a")) {
      Path archive = dir.resolve(name);
      run("ar", "rcs", archive.toString(), object(Body.valueOf(parts[0]), slot, "").toString());
      return archive;
    }
    return object(Body.valueOf(parts[0]), slot, name.endsWith(".c.o") ? ".c" : "");
  }

  private Path object(Body body, char slot, String collected) {
    return assemble(
        body + "-" + slot + collected + ".o", body.source(target, slot, collected.isEmpty()));
  }

  private Path assemble(String name, String source) {
    Path object = dir.resolve(name);
    if (!Files.exists(object)) {
      try {
        Files.write(dir.resolve(name + ".s"), source.getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      run("as", target == Target.AMD64 ? "--64" : "--32", "-o", name, name + ".s");
    }
    return object;
  }

  private Path link(String name, String soname, Path... inputs) {
    Path library = dir.resolve(name);
    if (!Files.exists(library)) {
      List<String> command =
          new ArrayList<>(
              List.of("ld", "-m", target.emulation, "-shared", "-z", "noseparate-code", "-soname"));
      command.addAll(List.of(soname, "-o", library.toString()));
      for (Path input : inputs) {
        command.add(input.toString());
      }
      run(command.toArray(String[]::new));
    }
    return library;
  }

  private void run(String... command) {
    Proc.run(dir, List.of(command)).ok();
  }
}
