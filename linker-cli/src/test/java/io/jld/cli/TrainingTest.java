package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The links that train the AOT cache: one that fails would train less than it should, without
 * anybody seeing it.
 */
class TrainingTest {
  @TempDir Path dir;

  @Test
  void allLinksSucceed() throws Exception {
    String[] files = TrainingLinks.write(dir).stream().map(Path::toString).toArray(String[]::new);
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int status = Training.run(files, new PrintStream(messages, true, StandardCharsets.UTF_8));
    assertEquals("", messages.toString(StandardCharsets.UTF_8));
    assertEquals(0, status);
  }
}
