package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --reproduce}: what is in the archive makes the same output, elsewhere. */
class ReproduceTest {
  private static final String LONG = "a directory with a name that is far too long for a header";

  @TempDir Path dir;

  private Path unpack(Path archive) throws Exception {
    Path there = Files.createDirectories(dir.resolve("there"));
    Proc.run(there, List.of("tar", "xf", archive.toString())).ok();
    return there.resolve(archive.getFileName().toString().replace(".tar", ""));
  }

  /** A process, because the paths are relative to its working directory. */
  private static Proc replay(Path there, String... more) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                "io.jld.cli.Main",
                "@response.txt"));
    command.addAll(List.of(more));
    return Proc.run(there, command);
  }

  @ParameterizedTest
  @EnumSource
  void sameOutputElsewhere(Target target) throws Exception {
    Tools.needC(target);
    Path deep = Files.createDirectories(dir.resolve(LONG).resolve(LONG));
    Workbench w = new Workbench(deep, target);
    Path o = w.c("it's", "#include <stdio.h>\nint main(void) { puts(\"hi\"); return 0; }\n");
    Path versions = w.file("v.map", "{ global: main; local: *; };\n");
    Path archive = dir.resolve("repro.tar");
    Linked x =
        w.gcc(
                "-pie",
                o,
                "-lm",
                "-Wl,--version-script," + versions,
                "-Wl,-Map," + deep.resolve("x.map"),
                "-Wl,--reproduce=" + archive)
            .silent();
    Path there = unpack(archive);
    Files.delete(o);
    Files.delete(versions);
    Proc made = replay(there, "-t", "-t").ok();
    made.out().lines().forEach(l -> assertFalse(l.startsWith("/"), l));
    Path output = there.resolve(x.output().getFileName());
    assertArrayEquals(x.elf().bytes, Files.readAllBytes(output));
    assertTrue(Files.exists(there.resolve("x.map")));
    assertTrue(Files.readString(there.resolve("version.txt")).contains("jld"));
    if (Tools.has("ld.lld")) { // the layout is its own
      Proc.run(there, List.of("ld.lld", "@response.txt", "-o", "lld")).ok();
      assertEquals("hi\n", Proc.run(there, List.of("./lld")).out());
    }
  }

  /** A link that fails can be made again just so. */
  @ParameterizedTest
  @EnumSource
  void failure(Target target) throws Exception {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.asm("p", ".globl _start\n_start: call none@plt\n");
    Path archive = dir.resolve("failed.tar");
    w.jld("-m", target.emulation, o, "--reproduce", archive)
        .failed("undefined reference to 'none'");
    Path there = unpack(archive);
    Proc again = replay(there);
    assertEquals(1, again.status());
    assertTrue(again.err().contains("undefined reference to 'none'"), again::toString);
    w.jld("-m", target.emulation, o, "-z", "undefs", "--reproduce", dir.resolve("none/x.tar"))
        .failed("--reproduce: ");
  }
}
