package io.jld.examples.aarch64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.arch.Arches;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Compiles with {@code clang --target=aarch64-linux-gnu}, links with jld as the driver would have
 * it done, against Debian's glibc for arm64, and runs the result by {@code qemu-aarch64}.
 */
final class Toolchain {
  private static final Path SYSROOT = Path.of("/usr/aarch64-linux-gnu");
  private static final String TARGET = "--target=aarch64-linux-gnu";

  /** What is linked, and the files that the C library and the compiler have for it. */
  enum Kind {
    STATIC(OutputKind.EXECUTABLE, "crt1.o", "crtbeginT.o", "crtend.o"),
    STATIC_PIE(OutputKind.PIE, "rcrt1.o", "crtbeginS.o", "crtendS.o"),
    PIE(OutputKind.PIE, "Scrt1.o", "crtbeginS.o", "crtendS.o"),
    DYNAMIC(OutputKind.EXECUTABLE, "crt1.o", "crtbegin.o", "crtend.o"),
    SHARED(OutputKind.SHARED, "", "crtbeginS.o", "crtendS.o");

    private final OutputKind output;
    private final String start;
    private final String begin;
    private final String end;

    Kind(OutputKind output, String start, String begin, String end) {
      this.output = output;
      this.start = start;
      this.begin = begin;
      this.end = end;
    }

    private boolean isStatic() {
      return this == STATIC || this == STATIC_PIE;
    }
  }

  /** Files of the compiler's that have been asked for, by their names. */
  private static final Map<String, Path> FILES = new ConcurrentHashMap<>();

  private final Path dir;

  Toolchain(Path dir) {
    this.dir = dir;
  }

  /** Skips the test where something is missing. */
  static void assume(String... files) throws Exception {
    assumeTrue(has("clang"), "there is no clang");
    assumeTrue(has("qemu-aarch64"), "there is no qemu-aarch64 (qemu-user)");
    for (String name : files) {
      assumeTrue(file(name).isAbsolute(), "there is no " + name + " for arm64");
    }
  }

  private static boolean has(String program) {
    for (String d : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(d, program))) {
        return true;
      }
    }
    return false;
  }

  /** A file of the compiler's, by its name; relative where there is none. */
  private static Path file(String name) throws Exception {
    Path known = FILES.get(name);
    if (known == null) {
      known = Path.of(run(List.of("clang", TARGET, "-print-file-name=" + name)).text().strip());
      FILES.put(name, known);
    }
    return known;
  }

  /** Compiles a source and returns the object. */
  Path compile(String name, String source, String... flags) throws Exception {
    Path file = Files.writeString(dir.resolve(name), source);
    Path object = Files.createTempFile(dir, name, ".o");
    List<String> command = new ArrayList<>();
    command.addAll(List.of(name.endsWith(".cc") ? "clang++" : "clang", TARGET));
    command.addAll(List.of(flags));
    command.addAll(List.of("-c", file.toString(), "-o", object.toString()));
    Said said = run(command);
    assertEquals(0, said.status(), said.text());
    return object;
  }

  /** Links with the C library, and the C++ one where asked for. */
  Path link(
      String name, Kind kind, boolean cxx, Consumer<LinkRequest.Builder> more, Path... objects)
      throws Exception {
    Path out = dir.resolve(name);
    LinkRequest.Builder b = request(kind).output(OutputSink.path(out));
    b.set(LinkOption.EH_FRAME_HDR, true);
    b.set(
        LinkOption.LIBRARY_PATH,
        List.of(file("libgcc.a").getParent().toString(), file("libc.so").getParent().toString()));
    for (String first : List.of(kind.start, "crti.o", kind.begin)) {
      if (!first.isEmpty()) {
        b.input(InputSource.path(file(first)));
      }
    }
    for (Path o : objects) {
      b.input(InputSource.path(o));
    }
    InputFlags flags = InputFlags.NONE.withStaticOnly(kind.isStatic());
    List<String> libraries = new ArrayList<>(cxx ? List.of("stdc++", "m") : List.of());
    // Twice, because the C library and the compiler's refer to each other.
    for (int i = 0; i < 2; i++) {
      libraries.addAll(List.of("gcc", kind.isStatic() ? "gcc_eh" : "gcc_s", "c"));
    }
    for (String l : libraries) {
      b.input(new InputSource.OfLibrary(l, flags));
    }
    b.input(InputSource.path(file(kind.end))).input(InputSource.path(file("crtn.o")));
    more.accept(b);
    Linker.link(b.build());
    return out;
  }

  Path link(String name, Kind kind, Path... objects) throws Exception {
    return link(name, kind, false, b -> {}, objects);
  }

  /** Links objects and nothing else. */
  Path bare(String name, Kind kind, Consumer<LinkRequest.Builder> more, Path... objects) {
    Path out = dir.resolve(name);
    LinkRequest.Builder b = request(kind).output(OutputSink.path(out));
    for (Path o : objects) {
      b.input(InputSource.path(o));
    }
    more.accept(b);
    Linker.link(b.build());
    return out;
  }

  private static LinkRequest.Builder request(Kind kind) {
    LinkRequest.Builder b =
        LinkRequest.builder().arches(new Arches(List.of(new Aarch64()))).threads(2);
    b.set(LinkOption.OUTPUT_KIND, kind.output);
    if (kind.isStatic()) {
      b.set(LinkOption.STATIC, true);
      b.set(LinkOption.NO_DYNAMIC_LINKER, kind == Kind.STATIC_PIE);
    }
    return b;
  }

  /** What a program prints, which has to end well. */
  String run(Path program) throws Exception {
    Said said =
        run(
            List.of(
                "qemu-aarch64",
                "-L",
                SYSROOT.toString(),
                "-E",
                "LD_LIBRARY_PATH=" + dir,
                program.toString()));
    assertEquals(0, said.status(), said.text());
    return said.text();
  }

  record Said(int status, String text) {}

  static Said run(List<String> command) throws Exception {
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(p.getInputStream().readAllBytes());
    return new Said(p.waitFor(), text);
  }
}
