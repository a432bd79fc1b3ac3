package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell script that starts jld, with a Java that says how it was called. */
class LauncherTest {
  private static final Path SCRIPT = Path.of("src/main/launcher/jld");

  @TempDir Path dir;
  private Path lib;
  private Path cache;

  @BeforeEach
  void distribution() throws IOException {
    Path bin = Files.createDirectories(dir.resolve("jld/bin"));
    lib = Files.createDirectories(dir.resolve("jld/lib"));
    Files.createDirectories(lib.resolve("arch"));
    Files.copy(SCRIPT, bin.resolve("ld"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createFile(lib.resolve("linker-core.jar"));
    cache = Files.createFile(lib.resolve("jld.aot"));
    Files.setLastModifiedTime(lib.resolve("linker-core.jar"), FileTime.fromMillis(1_000_000));
    Files.setLastModifiedTime(cache, FileTime.fromMillis(2_000_000));
    Path java = Files.createDirectories(dir.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\"; done\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(dir.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
  }

  private List<String> run(String... args) throws Exception {
    ProcessBuilder p = new ProcessBuilder(dir.resolve("jld/bin/ld").toString());
    p.command().addAll(List.of(args));
    p.environment().put("JAVA_HOME", dir.resolve("jdk").toString());
    p.environment().remove("JLD_JAVA_OPTS");
    Process process = p.redirectErrorStream(true).start();
    List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
    assertEquals(0, process.waitFor(), () -> String.join("\n", lines));
    return lines;
  }

  private static String classPath(List<String> java) {
    return java.get(java.indexOf("-cp") + 1);
  }

  @Test
  void startsFromTheCacheAndKnowsTheArchitectures() throws Exception {
    List<String> java = run("-o", "a b", "x.o");
    assertEquals("-XX:AOTCache=" + cache, java.getFirst());
    assertTrue(java.contains("-Djld.arch=standard"), java::toString);
    assertTrue(java.contains("-Djld.program=ld"), java::toString);
    assertTrue(classPath(java).endsWith("logback-core.jar"), java::toString);
    int main = java.indexOf("io.jld.cli.Main");
    assertEquals(List.of("-o", "a b", "x.o"), java.subList(main + 1, java.size()));
  }

  @Test
  void startsWithoutACache() throws Exception {
    Files.delete(cache);
    assertEquals("-Xshare:auto", run("x.o").getFirst());
  }

  @Test
  void aCacheOlderThanAJarIsNotUsed() throws Exception {
    Files.setLastModifiedTime(lib.resolve("linker-core.jar"), FileTime.fromMillis(3_000_000));
    assertEquals("-Xshare:auto", run("x.o").getFirst());
  }

  /** It is last on the class path, so that the cache stays valid, and is searched for. */
  @Test
  void anArchitectureIsPluggedIn() throws Exception {
    Path jar = Files.createFile(lib.resolve("arch/mine.jar"));
    List<String> java = run("x.o");
    assertEquals("-XX:AOTCache=" + cache, java.getFirst());
    assertTrue(java.contains("-Djld.arch=installed"), java::toString);
    assertTrue(classPath(java).endsWith("logback-core.jar:" + jar), java::toString);
    assertFalse(java.contains("-Djld.arch=standard"), java::toString);
  }
}
