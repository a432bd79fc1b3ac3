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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shell script that starts jld, with a Java that says how it was called. */
class LauncherTest {
  private static final Path SCRIPT = Path.of("src/main/launcher/jld");

  @TempDir Path dir;
  private Path lib;
  private Path cache;
  private Path stamp;

  @BeforeEach
  void distribution() throws IOException {
    Path bin = Files.createDirectories(dir.resolve("jld/bin"));
    lib = Files.createDirectories(dir.resolve("jld/lib"));
    Files.createDirectories(lib.resolve("arch"));
    Files.copy(SCRIPT, bin.resolve("ld"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createFile(lib.resolve("linker-core.jar"));
    cache = Files.createFile(lib.resolve("jld.aot"));
    stamp = Files.createFile(lib.resolve("jld.aot.whole"));
    Files.setLastModifiedTime(lib.resolve("linker-core.jar"), FileTime.fromMillis(1_000_000));
    Files.setLastModifiedTime(cache, FileTime.fromMillis(2_000_000));
    Files.setLastModifiedTime(stamp, FileTime.fromMillis(2_000_000));
    Path java = Files.createDirectories(dir.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\"; done\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(dir.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
  }

  private List<String> run(String... args) throws Exception {
    return run(dir.resolve("jld"), args);
  }

  private List<String> run(Path home, String... args) throws Exception {
    ProcessBuilder p = new ProcessBuilder(home.resolve("bin/ld").toString());
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
    assertTrue(classPath(java).endsWith("gson.jar"), java::toString);
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
    assertTrue(classPath(java).endsWith("gson.jar:" + jar), java::toString);
    assertFalse(java.contains("-Djld.arch=standard"), java::toString);
  }

  /** Wherever the option stands. Its jar comes last, so that the cache stays valid. */
  @Test
  void aWorkerHasOneMoreJar() throws Exception {
    Path jar = Files.createFile(lib.resolve("arch/mine.jar"));
    List<String> java = run("-z", "now", "--persistent_worker", "--keep=0");
    assertEquals("-XX:AOTCache=" + cache, java.getFirst());
    String ends = jar + ":" + lib.resolve("protobuf-java.jar");
    assertTrue(classPath(java).endsWith("gson.jar:" + ends), java::toString);
    int main = java.indexOf("io.jld.cli.worker.WorkerMain");
    assertEquals(
        List.of("-z", "now", "--persistent_worker", "--keep=0"),
        java.subList(main + 1, java.size()));
    assertTrue(run("-soname=a --persistent_worker", "x.o").contains("io.jld.cli.Main"));
  }

  /** One that was written to, or copied, after it was made may be damaged. */
  @Test
  void aCacheIsVerifiedUnlessItIsAsItWasMade() throws Exception {
    String verify = "-XX:+VerifySharedSpaces";
    assertFalse(run("x.o").contains(verify));
    Files.setLastModifiedTime(cache, FileTime.fromMillis(3_000_000));
    assertTrue(run("x.o").contains(verify));
    Files.setLastModifiedTime(stamp, FileTime.fromMillis(4_000_000));
    assertFalse(run("x.o").contains(verify));
    Files.delete(stamp);
    assertTrue(run("x.o").contains(verify));
  }

  /** Java has no way to write a colon in a class path. */
  @ParameterizedTest
  @ValueSource(strings = {"a b", "a:b", "a\nb", " :\n*'\"$x"})
  void isInstalledAnywhere(String name) throws Exception {
    Path home = Files.move(dir.resolve("jld"), dir.resolve(name));
    Files.createFile(home.resolve("lib/arch/mine.jar"));
    List<String> java = run(home, "x.o");
    String path = name.contains(":") ? "/proc/N/fd/9" : home + "/lib";
    String all = String.join("\n", java).replaceAll("/proc/[0-9]+/", "/proc/N/");
    assertTrue(all.startsWith("-XX:AOTCache=" + path + "/jld.aot\n"), all);
    assertTrue(all.contains("\n-cp\n" + path + "/linker-cli.jar:" + path + "/linker-core"), all);
    assertTrue(all.contains(":" + path + "/arch/mine.jar\nio.jld.cli.Main\nx.o"), all);
  }
}
