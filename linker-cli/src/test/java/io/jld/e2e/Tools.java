package io.jld.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tools of this machine. What is missing skips the tests that need it, and says so. */
public final class Tools {
  private static final Map<String, Boolean> PROBED = new ConcurrentHashMap<>();

  private Tools() {}

  public static boolean has(String tool) {
    for (String dir : System.getenv("PATH").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(dir, tool))) {
        return true;
      }
    }
    return false;
  }

  public static void need(String... tools) {
    for (String tool : tools) {
      assumeTrue(has(tool), () -> "not installed: " + tool);
    }
  }

  public static void needFile(String path) {
    assumeTrue(Files.exists(Path.of(path)), () -> "not installed: " + path);
  }

  /** gdb, which follows no program that the kernel does not run itself. */
  public static void needDebugger(Target target) {
    need("gdb");
    assumeTrue(
        target != Target.X86 || !Files.exists(Path.of("/proc/sys/fs/binfmt_misc/qemu-i386")),
        "an emulator runs 32-bit programs here, which gdb does not follow");
  }

  /** A C compiler, GNU ld, and a C library for the target. */
  public static void needC(Target target) {
    need("gcc", "ld");
    needLibrary(target, "gcc", "c", "stdio.h");
  }

  /** A C++ compiler and its library for the target. */
  public static void needCxx(Target target) {
    need("g++", "ld");
    needLibrary(target, "g++", "c++", "iostream");
  }

  private static void needLibrary(Target target, String compiler, String language, String header) {
    boolean works =
        PROBED.computeIfAbsent(
            compiler + target.flag,
            key -> {
              try {
                Path dir = Files.createTempDirectory("jld-probe");
                Path source =
                    Files.writeString(
                        dir.resolve("a"), "#include <" + header + ">\nint main(){return 0;}\n");
                List<String> command =
                    List.of(
                        compiler,
                        target.flag,
                        "-static",
                        "-x",
                        language,
                        source.toString(),
                        "-o",
                        dir.resolve("x").toString());
                return Proc.run(dir, command).status() == 0;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    assumeTrue(works, () -> compiler + " " + target.flag + " -static makes no program here");
  }
}
