package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code mvn package} has made in {@code target/jld}, and users install. */
final class Distribution {
  private static final Path HOME = Path.of("target/jld").toAbsolutePath();

  private Distribution() {}

  static Path home() {
    assertTrue(
        Files.isExecutable(HOME.resolve("bin/ld")),
        () -> "no distribution in " + HOME + ": mvn package makes it");
    return HOME;
  }

  /** {@code bin/ld}: what clang's {@code --ld-path=} takes. */
  static Path ld() {
    return home().resolve("bin/ld");
  }

  /** Makes gcc, and who else knows {@code -B}, link with jld. */
  static String b() {
    return "-B" + home().resolve("bin") + "/";
  }
}
