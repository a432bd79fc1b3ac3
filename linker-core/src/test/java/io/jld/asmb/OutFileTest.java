package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.LinkException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The output among other files: what stands there before, meanwhile, and afterwards. */
@Timeout(60)
class OutFileTest {
  @TempDir Path dir;

  private static OutBuf link(Path path, OutBuf.Mode mode) {
    OutBuf out = Outputs.create();
    out.open(path, true, mode);
    out.mmap(3);
    out.writeStringPad("new", 3, new byte[0]);
    return out;
  }

  @ParameterizedTest
  @EnumSource
  void theOutputAppearsAtTheCommitAndNothingStaysBesideIt(OutBuf.Mode mode) throws Exception {
    Path path = dir.resolve("out");
    OutBuf out = link(path, mode);
    assertFalse(Files.exists(path));
    out.close();
    assertFalse(Files.exists(path));
    out.commit();
    out.discard();
    assertEquals("new", Files.readString(path));
    assertEquals("out", Outputs.list(dir));
  }

  @ParameterizedTest
  @EnumSource
  void aFailedLinkKeepsThePreviousOutputAndLeavesNothing(OutBuf.Mode mode) throws Exception {
    Path path = Files.writeString(dir.resolve("out"), "old");
    OutBuf out = link(path, mode);
    assertEquals("old", Files.readString(path));
    out.discard();
    out.discard();
    assertEquals("old", Files.readString(path));
    assertEquals("out", Outputs.list(dir));
    LinkException e = assertThrows(LinkException.class, out::commit);
    assertTrue(e.getMessage().contains("out"), e.getMessage());
    assertEquals("old", Files.readString(path));
    assertEquals("out", Outputs.list(dir));
  }

  @Test
  void aFailedLinkOfSomethingNewLeavesNothing() throws Exception {
    link(dir.resolve("out"), OutBuf.Mode.MAPPED).discard();
    assertEquals("", Outputs.list(dir));
  }

  @Test
  void theTemporaryFileIsHiddenAndOfAnotherNameEachTime() throws Exception {
    OutBuf a = link(dir.resolve("out"), OutBuf.Mode.MAPPED);
    String name = Outputs.list(dir);
    assertTrue(name.startsWith("."), name);
    OutBuf b = link(dir.resolve("out"), OutBuf.Mode.MAPPED);
    for (String each : Outputs.list(dir).split(" ")) {
      assertTrue(each.startsWith(".jld"), each);
    }
    assertEquals(2, temporaries().size(), () -> temporaries().toString());
    a.commit();
    b.commit();
    assertEquals("out", Outputs.list(dir));
  }

  @Test
  void theLongestNameIsPossible() throws Exception {
    Path path = dir.resolve("x".repeat(255));
    link(path, OutBuf.Mode.MAPPED).commit();
    assertEquals("new", Files.readString(path));
  }

  @ParameterizedTest
  @CsvSource({"true,111", "false,000"})
  void modeIsAsTheUmaskAllows(boolean executable, String bits) throws Exception {
    Path plain =
        Files.createFile(
            dir.resolve("plain"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw-rw-")));
    Path withX =
        Files.createFile(
            dir.resolve("x"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
    Path old = Files.writeString(dir.resolve("out"), "old");
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-------"));
    OutBuf out = Outputs.create();
    out.open(old, executable, OutBuf.Mode.MAPPED);
    out.mmap(1);
    out.commit();
    assertEquals(
        Files.getPosixFilePermissions(executable ? withX : plain),
        Files.getPosixFilePermissions(old),
        bits);
  }

  @Test
  void anEmptyFileKeepsItsModeAndBecomesExecutable() throws Exception {
    // what gcc makes with mkstemp for its linker
    Path path = Files.createFile(dir.resolve("out"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    link(path, OutBuf.Mode.MAPPED).commit();
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    assertTrue(mode.startsWith("rwx"), mode);
    assertFalse(
        mode.contains("r--") || mode.substring(3).contains("r") || mode.substring(3).contains("w"),
        mode);
    assertEquals("new", Files.readString(path));
    assertEquals("out", Outputs.list(dir));
  }

  @Test
  void aLinkToAFileIsReplacedAsGnuLdDoes() throws Exception {
    Path real = Files.writeString(dir.resolve("real"), "old");
    Path path = Files.createSymbolicLink(dir.resolve("out"), Path.of("real"));
    link(path, OutBuf.Mode.MAPPED).commit();
    assertEquals("old", Files.readString(real));
    assertTrue(Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS));
    assertEquals("new", Files.readString(path));
    assertEquals("out real", Outputs.list(dir));
  }

  @Test
  void aLinkToNothingOrToAnEmptyFileIsFollowed() throws Exception {
    Path sub = Files.createDirectory(dir.resolve("sub"));
    Path second = Files.createSymbolicLink(dir.resolve("second"), Path.of("sub", "real"));
    Path first = Files.createSymbolicLink(dir.resolve("first"), second);
    link(first, OutBuf.Mode.MAPPED).commit();
    assertEquals("new", Files.readString(sub.resolve("real")));
    assertTrue(Files.isSymbolicLink(first));
    assertTrue(Files.isSymbolicLink(second));

    Files.write(sub.resolve("real"), new byte[0]);
    link(first, OutBuf.Mode.STREAMED).commit();
    assertEquals("new", Files.readString(sub.resolve("real")));
    assertTrue(Files.isSymbolicLink(first));
    assertEquals("first second sub", Outputs.list(dir));
    assertEquals("real", Outputs.list(sub));
  }

  @Test
  void aRunningReaderKeepsTheOldFile() throws Exception {
    Path path = Files.writeString(dir.resolve("out"), "old");
    try (InputStream in = Files.newInputStream(path)) {
      link(path, OutBuf.Mode.MAPPED).commit();
      assertEquals("old", new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    }
    assertEquals("new", Files.readString(path));
  }

  private static String cannotOpen(Path path) {
    LinkException e = assertThrows(LinkException.class, () -> Outputs.create().open(path));
    return e.diagnostics().get(0).message().replace(path.toString(), "X");
  }

  @Test
  void whatCannotBeOpenedIsSaidInGnuLdsWords() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "text");
    Path sub = Files.createDirectory(dir.resolve("sub"));
    Path toDir = Files.createSymbolicLink(dir.resolve("to-dir"), sub);
    Path loop = Files.createSymbolicLink(dir.resolve("loop"), Path.of("loop"));
    assertEquals(
        "cannot open output file X: No such file or directory",
        cannotOpen(dir.resolve("none/out")));
    assertEquals("cannot open output file X: Is a directory", cannotOpen(sub));
    assertEquals("cannot open output file X: Is a directory", cannotOpen(toDir));
    assertEquals("cannot open output file X: Not a directory", cannotOpen(file.resolve("out")));
    assertEquals("cannot open output file X: Too many levels of symbolic links", cannotOpen(loop));
    assertEquals(
        "cannot open output file X: File name too long", cannotOpen(dir.resolve("x".repeat(256))));
    assertEquals("file loop sub to-dir", Outputs.list(dir));
    assertEquals("", Outputs.list(sub));
  }

  @Test
  void aDirectoryThatCannotBeWritten() throws Exception {
    Path closed = Files.createDirectory(dir.resolve("closed"));
    Path writable = Files.writeString(closed.resolve("writable"), "older");
    Path readOnly = Files.writeString(closed.resolve("read-only"), "old");
    Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r--r--r--"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeTrue(!Files.isWritable(closed), "permissions do not apply to root");
      assertEquals(
          "cannot open output file X: Permission denied", cannotOpen(closed.resolve("new")));
      assertEquals("cannot open output file X: Permission denied", cannotOpen(readOnly));
      link(writable, OutBuf.Mode.MAPPED).discard();
      assertEquals("older", Files.readString(writable));
      link(writable, OutBuf.Mode.MAPPED).commit();
      assertEquals("new", Files.readString(writable));
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aDeviceIsWrittenAndStaysWhatItIs() throws Exception {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device), "no /dev/null");
    Path toDevice = Files.createSymbolicLink(dir.resolve("out"), device);
    for (Path path : new Path[] {device, toDevice}) {
      OutBuf out = link(path, OutBuf.Mode.MAPPED);
      assertEquals(OutBuf.Mode.HEAP, out.mode());
      assertTrue(out.canView());
      out.commit();
      link(path, OutBuf.Mode.STREAMED).discard();
    }
    assertTrue(
        Files.readAttributes(device, java.nio.file.attribute.BasicFileAttributes.class).isOther());
    assertTrue(Files.isSymbolicLink(toDevice));
    assertEquals("out", Outputs.list(dir));
    Files.delete(toDevice); // JUnit warns of links that leave its directory
  }

  @Test
  void aFullDeviceIsAnError() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full");
    OutBuf out = link(full, OutBuf.Mode.MAPPED);
    LinkException e = assertThrows(LinkException.class, out::commit);
    assertEquals("error: /dev/full: no space left on device [output-not-writable]", e.getMessage());
  }

  private Path pipe() throws IOException, InterruptedException {
    Path pipe = dir.resolve("pipe");
    Process mkfifo;
    try {
      mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "no mkfifo");
      throw e;
    }
    assumeTrue(mkfifo.waitFor() == 0, "no pipe can be made here");
    return pipe;
  }

  private static CompletableFuture<byte[]> reader(Path pipe) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Files.readAllBytes(pipe);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void aPipeGetsTheBytesInOrder() throws Exception {
    Path pipe = pipe();
    CompletableFuture<byte[]> reader = reader(pipe);
    byte[] all = new byte[3_000_000];
    new java.util.Random(2).nextBytes(all);
    OutBuf out = Outputs.create();
    out.open(pipe);
    out.mmap(all.length);
    int half = all.length / 2;
    OutBuf view = out.view(half);
    view.write(java.util.Arrays.copyOfRange(all, half, all.length));
    out.write(java.util.Arrays.copyOf(all, half));
    out.commit();
    assertArrayEquals(all, reader.get(30, TimeUnit.SECONDS));
    assertEquals("pipe", Outputs.list(dir));
  }

  @Test
  void aPipesReaderSeesItsEndWhenTheLinkFails() throws Exception {
    Path pipe = pipe();
    CompletableFuture<byte[]> reader = reader(pipe);
    link(pipe, OutBuf.Mode.MAPPED).discard();
    assertEquals(0, reader.get(30, TimeUnit.SECONDS).length);
    assertEquals("pipe", Outputs.list(dir));
  }

  @Test
  void aPipeWhoseReaderWentAwayIsAnError() throws Exception {
    Path pipe = pipe();
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(
            () -> {
              try {
                Files.newInputStream(pipe).close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    OutBuf out = link(pipe, OutBuf.Mode.MAPPED);
    reader.get(30, TimeUnit.SECONDS);
    LinkException e = assertThrows(LinkException.class, out::commit);
    assertEquals("error: " + pipe + ": Broken pipe [output-not-writable]", e.getMessage());
  }

  /** What links that run are writing to. */
  private List<Path> temporaries() {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Leaves what a link to "out" leaves that is ended by SIGKILL.
   *
   * @param part of the temporary file's name that says whose it is: 0 the system, 1 the process, 2
   *     its start
   * @param value of that part; the others are those of this process
   */
  private Path leftBehind(int part, String value, int mark) throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/self/stat")));
    OutBuf out = link(dir.resolve("out"), OutBuf.Mode.MAPPED);
    String[] name = temporaries().getFirst().getFileName().toString().split("-");
    Path made;
    try (Stream<Path> files = Files.list(dir)) {
      made = files.filter(Files::isSymbolicLink).findFirst().orElseThrow();
    }
    out.discard();
    assertEquals("", Outputs.list(dir));
    name[part] = value;
    Path left = Files.writeString(dir.resolve(String.join("-", name)), "half");
    String link = made.getFileName().toString().replaceFirst("0$", String.valueOf(mark));
    return Files.createSymbolicLink(dir.resolve(link), left.getFileName());
  }

  private static String deadProcess() throws Exception {
    Process p = new ProcessBuilder("true").start();
    p.waitFor();
    return String.valueOf(p.pid());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatAKilledLinkLeftIsRemovedByTheNext(int mark) throws Exception {
    leftBehind(1, deadProcess(), mark);
    link(dir.resolve("out"), OutBuf.Mode.MAPPED).commit();
    assertEquals("out", Outputs.list(dir));
    assertEquals("new", Files.readString(dir.resolve("out")));
  }

  @Test
  void aProcessOfTheSameNumberIsNotThatOfAKilledLink() throws Exception {
    leftBehind(2, "1", 0);
    link(dir.resolve("out"), OutBuf.Mode.MAPPED).discard();
    assertEquals("", Outputs.list(dir));
  }

  @Test
  void anotherOutputsLinkLeavesItAlone() throws Exception {
    leftBehind(1, deadProcess(), 0);
    String left = Outputs.list(dir);
    link(dir.resolve("other"), OutBuf.Mode.MAPPED).discard();
    assertEquals(left, Outputs.list(dir));
  }

  @Test
  void aLinkThatIsStillRunningIsNotHarmed() throws Exception {
    OutBuf running = link(dir.resolve("out"), OutBuf.Mode.MAPPED);
    String its = Outputs.list(dir);
    for (int i = 0; i < 3; i++) {
      link(dir.resolve("out"), OutBuf.Mode.MAPPED).discard();
      assertEquals(its, Outputs.list(dir));
    }
    Files.writeString(dir.resolve("out"), "another's");
    running.commit();
    assertEquals("new", Files.readString(dir.resolve("out")));
    assertEquals("out", Outputs.list(dir));
  }

  /** Nobody here knows whether it runs, unless it would have done so for a day. */
  @Test
  void aLinkOfAnotherSystemIsNotHarmed() throws Exception {
    Path mark = leftBehind(0, ".jld0", 0);
    String its = Outputs.list(dir);
    link(dir.resolve("out"), OutBuf.Mode.MAPPED).discard();
    assertEquals(its, Outputs.list(dir));
    String[] touch = {"touch", "-h", "-d", "2001-01-01", mark.toString()};
    assumeTrue(new ProcessBuilder(touch).start().waitFor() == 0);
    link(dir.resolve("out"), OutBuf.Mode.MAPPED).discard();
    assertEquals("", Outputs.list(dir));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "precious", ".jldx", ".jldx-1-2-3", ".jld/../precious"})
  void whatIsNoMarkIsLeftAlone(String to) throws Exception {
    Path mark = leftBehind(1, deadProcess(), 0);
    Files.delete(temporaries().getFirst());
    Files.writeString(dir.resolve("precious"), "precious");
    Files.delete(mark);
    Files.createSymbolicLink(mark, Path.of(to));
    String its = Outputs.list(dir);
    link(dir.resolve("out"), OutBuf.Mode.MAPPED).discard();
    assertEquals(its, Outputs.list(dir));
  }
}
