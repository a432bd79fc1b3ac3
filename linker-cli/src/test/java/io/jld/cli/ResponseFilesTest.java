package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResponseFilesTest {
  @TempDir Path dir;

  private String file(String name, String text) throws IOException {
    return "@" + Files.writeString(dir.resolve(name), text);
  }

  @Test
  void splitsAtWhiteSpace() {
    assertEquals(
        List.of("a", "b", "c", "d", "e"), ResponseFiles.split("  a b\tc\nd\r\n\013\fe \n"));
    assertEquals(List.of(), ResponseFiles.split(" \n\t "));
    assertEquals(List.of(), ResponseFiles.split(""));
  }

  @Test
  void quotesKeepWhiteSpaceAndEachOther() {
    assertEquals(List.of("a b", "c\"d", "e'f"), ResponseFiles.split("'a b' 'c\"d' \"e'f\""));
    assertEquals(List.of("a b c"), ResponseFiles.split("a' b'\" c\""));
    assertEquals(List.of("", "x", ""), ResponseFiles.split("'' x \"\""));
    assertEquals(
        List.of("a b\n"),
        ResponseFiles.split("'a b\n"),
        "a quote that is not closed ends with the text");
  }

  @Test
  void aBackslashKeepsTheNextCharacterAlsoInQuotes() {
    assertEquals(List.of("a b", "\\", "'", "\""), ResponseFiles.split("a\\ b \\\\ \\' \\\""));
    assertEquals(
        List.of("a'b", "c\"d", "e\\f"), ResponseFiles.split("'a\\'b' \"c\\\"d\" 'e\\\\f'"));
    assertEquals(List.of("nt"), ResponseFiles.split("\\n\\t"));
    assertEquals(List.of("a"), ResponseFiles.split("a\\"));
  }

  @Test
  void standsWhereItsFileStood() throws IOException {
    String inner = file("inner", "3 4");
    String outer = file("outer", "2 " + inner + " 5");
    assertArrayEquals(
        new String[] {"1", "2", "3", "4", "5", "6"},
        ResponseFiles.expand(new String[] {"1", outer, "6"}));
    assertArrayEquals(
        new String[] {"x"}, ResponseFiles.expand(new String[] {file("empty", ""), "x"}));
  }

  @Test
  void aFileThatDoesNotExistLeavesTheArgument() {
    String[] args = {"@" + dir.resolve("none"), "@", "@\0"};
    assertArrayEquals(args, ResponseFiles.expand(args));
  }

  @Test
  void argumentsWithoutFilesAreNotCopied() {
    String[] args = {"-o", "x", "a@b.o"};
    assertSame(args, ResponseFiles.expand(args));
  }

  /** As deep as is allowed, and one deeper. */
  @Test
  void filesInFiles() throws IOException {
    String inner = file("f0", "a.o");
    for (int i = 1; i < 64; i++) {
      inner = file("f" + i, inner);
    }
    assertArrayEquals(new String[] {"a.o"}, ResponseFiles.expand(new String[] {inner}));
    String one = file("one", inner);
    assertThrows(UsageException.class, () -> ResponseFiles.expand(new String[] {one}));
  }

  @Test
  void refusesDirectoriesAndLoops() throws IOException {
    assertThrows(UsageException.class, () -> ResponseFiles.expand(new String[] {"@" + dir}));
    String self = file("self", "a @" + dir.resolve("self"));
    UsageException e =
        assertThrows(UsageException.class, () -> ResponseFiles.expand(new String[] {self}));
    assertTrue(e.getMessage().contains("too many @-files"), e.getMessage());
  }

  @Test
  void aFileThatGrowsByItselfEnds() throws IOException {
    String name = "@" + dir.resolve("twice");
    String self = file("twice", name + " " + name);
    assertThrows(UsageException.class, () -> ResponseFiles.expand(new String[] {self}));
  }

  @Test
  void refusesWhatHasNoEnd() {
    assumeTrue(Files.exists(Path.of("/dev/zero")));
    UsageException e =
        assertThrows(UsageException.class, () -> ResponseFiles.expand(new String[] {"@/dev/zero"}));
    assertEquals("@/dev/zero: cannot be read: longer than 64 MiB", e.getMessage());
  }

  /** As a shell's {@code @<(...)}. */
  @Test
  void readsAPipe() throws Exception {
    Path pipe = dir.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    Thread writer = new Thread(() -> write(pipe));
    writer.start();
    assertArrayEquals(new String[] {"a", "b"}, ResponseFiles.expand(new String[] {"@" + pipe}));
    writer.join();
  }

  private static void write(Path pipe) {
    try (OutputStream out = Files.newOutputStream(pipe)) {
      out.write("a\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      out.write("b\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
