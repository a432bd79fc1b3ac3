package io.jld.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what {@link Training} links, for all architectures: objects, archives, and a response file
 * for each kind of link, as gcc has it done.
 */
final class TrainingLinks {
  private final TrainingTarget target;
  private final Path dir;

  /** The response files so far; their names are in the order of the links. */
  private final List<Path> written = new ArrayList<>();

  private TrainingLinks(TrainingTarget target, Path dir) {
    this.target = target;
    this.dir = dir;
  }

  /**
   * Writes all files; the status is 1 where that fails. The response files are {@code
   * DIR/ARCHITECTURE/NUMBER.rsp}.
   *
   * @param args the directory, which exists
   */
  public static void main(String[] args) {
    int status = 0;
    try {
      write(Path.of(args[0]));
    } catch (IOException e) {
      System.err.println("jld: error: training: " + e);
      status = 1;
    }
    Runtime.getRuntime().halt(status);
  }

  /**
   * Writes all files.
   *
   * @param dir the directory, which exists
   * @return the response files, in the order in which they are to be linked
   */
  static List<Path> write(Path dir) throws IOException {
    List<Path> all = new ArrayList<>();
    for (TrainingTarget target : TrainingTarget.ALL) {
      Path below = dir.resolve(target.name());
      new TrainingFiles(target, below).write();
      TrainingLinks links = new TrainingLinks(target, below);
      links.write();
      all.addAll(links.written);
    }
    return all;
  }

  private void write() throws IOException {
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

    // By its size none would get a second thread (LinkOption.COLD); those of large ones do.
    List<String> alone = args("-static", "--build-id", "--threads=2");
    alone.add(dir.resolve("start.o").toString());
    add(alone, "program", TrainingFiles.OBJECTS);
    alone.addAll(List.of("--start-group", "-ltrain", "--end-group"));
    link(alone, "static");

    // A kernel is linked many times in a build.
    List<String> kernel =
        args("-static", "--build-id=sha1", "--emit-relocs", "--orphan-handling=warn");
    kernel.add("-w"); // the orphans
    kernel.addAll(List.of("-T", dir.resolve("layout.ld").toString()));
    kernel.add(dir.resolve("start.o").toString());
    add(kernel, "program", TrainingFiles.OBJECTS);
    kernel.addAll(List.of("--start-group", "-ltrain", "--end-group"));
    link(kernel, "scripted");
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
    args.addAll(List.of("-o", dir.resolve(output).toString()));
    Path rsp = dir.resolve(written.size() + 1 + ".rsp");
    Files.writeString(rsp, "\"" + String.join("\"\n\"", args) + "\"\n");
    written.add(rsp);
  }
}
