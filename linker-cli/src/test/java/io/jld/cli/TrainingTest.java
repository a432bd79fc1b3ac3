package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * The links that train the AOT cache: one that fails would train less than it should, without
 * anybody seeing it.
 */
class TrainingTest {
  @Test
  void allLinksSucceed() throws Exception {
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int status = Training.run(new PrintStream(messages, true, StandardCharsets.UTF_8));
    assertEquals("", messages.toString(StandardCharsets.UTF_8));
    assertEquals(0, status);
  }
}
