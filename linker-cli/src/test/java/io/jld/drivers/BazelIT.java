package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The workspace of docs/bazel, built by Bazel: with workers, in both protocols, and without. Debian
 * has version 4.2.3, which knows neither sandbox_dir nor verbosity ({@link WorkerIT} does).
 */
class BazelIT {
  private static final Path EXAMPLE = Path.of("../docs/bazel");

  /** Of the last line but one, as in "27 processes: 13 internal, 6 linux-sandbox, 8 worker." */
  private static final Pattern BY_WORKERS = Pattern.compile(" processes: .*\\b([0-9]+) worker\\.");

  @TempDir Path temporary;
  private Path dir;

  @AfterEach
  void shutdown() {
    if (dir != null) {
      bazel("shutdown").ok();
      Proc.run(temporary, List.of("chmod", "-R", "u+w", "bazel")).ok(); // it protects what it makes
      Proc.run(temporary, List.of("rm", "-r", "bazel")).ok(); // with links to all of the system
    }
  }

  private Proc bazel(String command, String... options) {
    List<String> all =
        new ArrayList<>(List.of("bazel", "--output_user_root=" + temporary + "/bazel"));
    all.addAll(List.of("--max_idle_secs=60", command));
    all.addAll(List.of(options));
    return Proc.run(dir, all);
  }

  private Proc build(String... options) {
    List<String> all = new ArrayList<>(List.of("--curses=no", "--color=no", "--jobs=8", "-k"));
    all.addAll(List.of(options));
    all.add("//...");
    return bazel("build", all.toArray(String[]::new));
  }

  private void edit(String file, String from, String to) throws IOException {
    String text = Files.readString(dir.resolve(file));
    assertTrue(text.contains(from), from);
    Files.writeString(dir.resolve(file), text.replace(from, to));
  }

  private static int linkedByWorkers(Proc build) {
    Matcher m = BY_WORKERS.matcher(build.err());
    return m.find() ? Integer.parseInt(m.group(1)) : 0;
  }

  private Map<String, byte[]> programs() throws IOException {
    Map<String, byte[]> programs = new TreeMap<>();
    for (Target t : Target.values()) {
      for (int i = 0; i < 4; i++) {
        String name = "hello_" + t + "_" + i;
        programs.put(name, Files.readAllBytes(dir.resolve("bazel-bin/" + name)));
      }
    }
    return programs;
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> actual) {
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, actual.get(name), name));
  }

  @Test
  void workersMakeTheSameLinks() throws Exception {
    Tools.need("bazel");
    for (Target t : Target.values()) {
      Tools.needC(t);
    }
    dir = Files.createDirectory(temporary.resolve("workspace"));
    try (Stream<Path> files = Files.list(EXAMPLE)) {
      for (Path f : files.toList()) {
        Files.copy(f, dir.resolve(f.getFileName()));
      }
    }
    edit("WORKSPACE", "../../linker-cli/target/jld", Distribution.home().toString());

    Proc cold = build("--strategy=JldLink=sandboxed").ok();
    assertEquals(0, linkedByWorkers(cold), cold::toString);
    Map<String, byte[]> expected = programs();
    for (Target t : Target.values()) {
      String says = "hello 3 from " + 8 * t.wordSize + " bits\n";
      assertEquals(says, Proc.run(dir, List.of("bazel-bin/hello_" + t + "_3")).ok().out());
    }

    String worker = "--strategy=JldLink=worker";
    Proc sandboxed =
        build(worker, "--experimental_worker_allow_json_protocol", "--worker_sandboxing").ok();
    assertEquals(0, linkedByWorkers(sandboxed), "nothing has changed");
    edit(
        "BUILD", "\"--gc-sections\"", "\"--gc-sections\", \"--no-gc-sections\", \"--gc-sections\"");
    sandboxed =
        build(worker, "--experimental_worker_allow_json_protocol", "--worker_sandboxing").ok();
    assertEquals(8, linkedByWorkers(sandboxed), sandboxed::toString);
    assertSame(expected, programs());

    edit("jld.bzl", "\"json\"", "\"proto\"");
    Files.writeString(
        dir.resolve("BUILD"),
        Files.readString(dir.resolve("BUILD"))
            + "jld_binary(name = 'broken', srcs = ['main_amd64_0.o'])\n");
    Proc shared = build(worker, "--experimental_worker_multiplex");
    assertEquals(1, shared.status(), shared::toString);
    assertTrue(shared.err().contains("main_amd64_0.o:(.text.main+0x"), shared::toString);
    assertTrue(shared.err().contains("): undefined reference to 'greet'"), shared::toString);
    assertEquals(8, linkedByWorkers(shared), shared::toString);
    assertSame(expected, programs());
  }
}
