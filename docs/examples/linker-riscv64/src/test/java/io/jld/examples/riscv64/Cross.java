package io.jld.examples.riscv64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.arch.Arches;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Compiles with clang, links with this architecture in this process, and runs under qemu: against
 * the C and C++ libraries of Debian's {@code libstdc++-12-dev-riscv64-cross}, where they are.
 */
final class Cross {
  private static final Path LIB = Path.of("/usr/riscv64-linux-gnu/lib");
  private static final Path GCC = Path.of("/usr/lib/gcc-cross/riscv64-linux-gnu/12");

  private final Path dir;

  Cross(Path dir) {
    this.dir = dir;
  }

  /** Skips the test that calls it where a tool is missing. */
  static Cross compiler(Path dir) {
    assumeTrue(has("clang"), "clang is not there");
    return new Cross(dir);
  }

  /** The same, and for programs that run. */
  static Cross complete(Path dir) {
    assumeTrue(Files.exists(LIB.resolve("crt1.o")), "libc6-dev-riscv64-cross is not there");
    assumeTrue(Files.exists(GCC.resolve("libgcc.a")), "libgcc-12-dev-riscv64-cross is not there");
    assumeTrue(Files.exists(GCC.resolve("libstdc++.a")), "libstdc++-12-dev-riscv64-cross: no");
    assumeTrue(has("qemu-riscv64"), "qemu-riscv64 is not there");
    return compiler(dir);
  }

  static boolean has(String tool) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(d -> Files.isExecutable(Path.of(d, tool)));
  }

  // Compile

  Path compile(String name, String source, String... options) throws Exception {
    Path file = Files.writeString(dir.resolve(name), source);
    Path object = dir.resolve(name + "-" + Math.abs(Arrays.hashCode(options)) + ".o");
    List<String> command = new ArrayList<>(List.of("clang", "--target=riscv64-linux-gnu"));
    command.addAll(List.of("-mabi=lp64d", "-march=rv64gc", "-O1", "-c"));
    command.addAll(List.of(options));
    command.addAll(List.of("-o", object.toString(), file.toString()));
    run(command);
    return object;
  }

  // Link

  /** Links without any library. */
  byte[] bare(OutputKind kind, Path... objects) {
    return link(request(kind), sources(objects)).bytes();
  }

  record Result(byte[] bytes, List<String> warnings) {}

  static LinkRequest.Builder request(OutputKind kind) {
    return LinkRequest.builder()
        .arches(new Arches(List.of(new Riscv64())))
        .arch("riscv64")
        .set(LinkOption.OUTPUT_KIND, kind)
        .set(LinkOption.EH_FRAME_HDR, true)
        .output(OutputSink.memory());
  }

  static Result link(LinkRequest.Builder request, List<InputSource> inputs) {
    var result = Linker.link(request.inputs(inputs).output(OutputSink.memory()).build());
    return new Result(
        result.bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE),
        result.diagnostics().stream().map(Object::toString).toList());
  }

  /** What is wrong with a link that fails: the messages. */
  static String failure(LinkRequest.Builder request, List<InputSource> inputs) {
    try {
      link(request, inputs);
    } catch (LinkException e) {
      return String.join("\n", e.diagnostics().stream().map(Object::toString).toList());
    }
    return "linked";
  }

  static List<InputSource> sources(Path... objects) {
    return Stream.of(objects).<InputSource>map(InputSource::path).toList();
  }

  /** How a program finds its libraries. */
  enum Libraries {
    STATIC,
    SHARED
  }

  /** Links objects and libraries with the C and C++ libraries, as a compiler's driver does. */
  Path program(LinkRequest.Builder request, Libraries libraries, Path... objects)
      throws IOException {
    LinkRequest built = request.build();
    OutputKind kind = built.get(LinkOption.OUTPUT_KIND);
    boolean shared = kind == OutputKind.SHARED;
    boolean pic = kind.pic();
    boolean fixed = libraries == Libraries.STATIC;
    List<InputSource> all = new ArrayList<>();
    if (!shared) {
      all.add(InputSource.path(LIB.resolve(pic ? "Scrt1.o" : "crt1.o")));
    }
    all.add(InputSource.path(LIB.resolve("crti.o")));
    all.add(
        InputSource.path(GCC.resolve(fixed ? "crtbeginT.o" : pic ? "crtbeginS.o" : "crtbegin.o")));
    all.addAll(sources(objects));
    InputFlags flags = InputFlags.NONE.withStaticOnly(fixed);
    all.add(InputSource.Bracket.GROUP_START);
    for (String name : List.of("stdc++", "m", "gcc", fixed ? "gcc_eh" : "gcc_s", "c")) {
      all.add(new InputSource.OfLibrary(name, flags.withAsNeeded(!fixed)));
    }
    all.add(InputSource.Bracket.GROUP_END);
    all.add(InputSource.path(GCC.resolve(pic ? "crtendS.o" : "crtend.o")));
    all.add(InputSource.path(LIB.resolve("crtn.o")));
    Path out = Files.createTempFile(dir, "program", shared ? ".so" : "");
    Linker.link(
        request
            .set(LinkOption.LIBRARY_PATH, List.of(GCC.toString(), LIB.toString()))
            .inputs(all)
            .output(OutputSink.path(out))
            .build());
    out.toFile().setExecutable(true);
    return out;
  }

  // Run

  /** Runs a program, which ends with 0; gives what it prints. */
  String qemu(Path program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("qemu-riscv64", "-L", "/usr/riscv64-linux-gnu"));
    command.addAll(List.of("-E", "LD_LIBRARY_PATH=" + dir, program.toString()));
    command.addAll(List.of(arguments));
    return run(command);
  }

  static String run(List<String> command) throws Exception {
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(p.getInputStream().readAllBytes());
    assertEquals(true, p.waitFor(60, TimeUnit.SECONDS), () -> command + " does not end");
    assertEquals(0, p.exitValue(), () -> command + ":\n" + text);
    return text;
  }
}
