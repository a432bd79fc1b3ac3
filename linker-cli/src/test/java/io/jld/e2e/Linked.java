package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A link that has been tried, by jld or by another linker.
 *
 * @param output what {@code -o} named
 */
public record Linked(List<String> args, int status, String out, String err, Path output) {
  Linked ok() {
    assertEquals(0, status, this::toString);
    assertTrue(Files.isExecutable(output), () -> output + " can't be executed");
    return this;
  }

  /**
   * Fails unless the link failed in an orderly way: status 1, no output, each part of {@code
   * messages} on stderr.
   */
  Linked failed(String... messages) {
    assertEquals(1, status, this::toString);
    assertFalse(Files.exists(output), () -> "output left behind: " + this);
    return says(messages);
  }

  Linked says(String... messages) {
    for (String m : messages) {
      assertTrue(err.contains(m), () -> "no '" + m + "' in: " + this);
    }
    assertFalse(err.contains("internal error"), this::toString);
    return this;
  }

  /** Fails if anything was printed. */
  Linked silent() {
    assertEquals("", out + err, this::toString);
    return this;
  }

  Proc run(String... args) {
    ok();
    List<String> command = new java.util.ArrayList<>(List.of(output.toString()));
    command.addAll(List.of(args));
    return Proc.run(output.getParent(), command);
  }

  ElfImage elf() {
    ok();
    return ElfImage.read(output);
  }

  @Override
  public String toString() {
    return String.join(" ", args) + "\nstatus " + status + "\n" + out + err;
  }
}
