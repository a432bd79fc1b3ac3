package io.jld.docs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.amd64.Amd64;
import io.jld.arch.Arch;
import io.jld.cli.Main;
import io.jld.x86.X86;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code bin/jld}, and {@code lib/} with links to where the tests have their classes from. */
record Distribution(Path home) {
  record Said(int status, String text) {}

  static Distribution make(Path home) throws IOException, URISyntaxException {
    Distribution d = new Distribution(home);
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib/arch"));
    Path launcher = home.resolve("bin/jld");
    Files.copy(Path.of("src/main/launcher/jld"), launcher);
    assertTrue(launcher.toFile().setExecutable(true));
    d.link("linker-cli", Main.class);
    d.link("linker-core", Arch.class);
    d.link("linker-amd64", Amd64.class);
    d.link("linker-x86", X86.class);
    d.link("guava", com.google.common.collect.ImmutableList.class);
    d.link("slf4j-api", org.slf4j.Logger.class);
    d.link("logback-classic", ch.qos.logback.classic.Logger.class);
    d.link("logback-core", ch.qos.logback.core.Context.class);
    d.link("gson", com.google.gson.Gson.class);
    return d;
  }

  private void link(String jar, Class<?> of) throws IOException, URISyntaxException {
    Files.createSymbolicLink(home.resolve("lib/" + jar + ".jar"), origin(of));
  }

  /** The jar or directory of a class. */
  static Path origin(Class<?> c) throws URISyntaxException {
    return Path.of(c.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Runs a command in the distribution's directory, with this JVM. */
  Said run(String... command) throws IOException, InterruptedException {
    ProcessBuilder b =
        new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
    b.environment().put("PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"));
    Process p = b.start();
    String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(p.waitFor(), text);
  }
}
