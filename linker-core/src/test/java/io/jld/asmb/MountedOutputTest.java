package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.LinkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Outputs that root may not write either, since what they are on is mounted so: needs the right to
 * mount.
 */
class MountedOutputTest {
  @TempDir Path dir;
  private Path disk;
  private final Deque<Path> mounted = new ArrayDeque<>();

  @BeforeEach
  void mount() throws Exception {
    Path at = Files.createDirectory(dir.resolve("disk"));
    assumeTrue(
        isMounted(at, "-t", "tmpfs", "tmpfs"),
        "a file system can't be mounted here: that needs root and CAP_SYS_ADMIN");
    disk = at;
  }

  @AfterEach
  void unmount() throws Exception {
    while (!mounted.isEmpty()) {
      unmountLast();
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }

  private boolean isMounted(Path at, String... args) throws InterruptedException {
    String[] command = new String[args.length + 2];
    command[0] = "mount";
    System.arraycopy(args, 0, command, 1, args.length);
    command[args.length + 1] = at.toString();
    try {
      if (run(command) != 0) {
        return false;
      }
    } catch (IOException e) {
      return false; // no such program
    }
    mounted.push(at);
    return true;
  }

  private void bind(Path what, Path at) throws InterruptedException {
    assumeTrue(isMounted(at, "--bind", what.toString()), "no bind mounts here");
  }

  private static void makeReadOnly(Path at, String how) throws Exception {
    assumeTrue(run("mount", "-o", how, at.toString()) == 0, "no read-only mounts here");
  }

  private static OutBuf open(Path path) {
    OutBuf out = Outputs.create();
    out.open(path);
    return out;
  }

  private static OutBuf link(Path path) {
    OutBuf out = open(path);
    out.mmap(3);
    out.writeStringPad("new", 3, new byte[0]);
    return out;
  }

  private static String refused(Path path) {
    LinkException e = assertThrows(LinkException.class, () -> open(path).discard());
    return e.diagnostics().get(0).message().replace(path.toString(), "X");
  }

  /** In a directory that can't be written, only a file is written that can be. */
  @Test
  void aDirectoryThatIsReadOnly() throws Exception {
    Path closed = Files.createDirectory(disk.resolve("closed"));
    assumeTrue(isMounted(closed, "-t", "tmpfs", "tmpfs"));
    Path behind = Files.writeString(disk.resolve("behind"), "a longer old text");
    Path writable = Files.writeString(closed.resolve("writable"), "");
    Path old = Files.writeString(closed.resolve("old"), "old");
    Path empty = Files.writeString(closed.resolve("empty"), "");
    bind(behind, writable);
    makeReadOnly(closed, "remount,ro");
    String readOnly = "cannot open output file X: Read-only file system";
    assertEquals(readOnly, refused(closed.resolve("none")));
    assertEquals(readOnly, refused(old));
    assertEquals("cannot open output file X: Permission denied", refused(empty));
    link(writable).discard();
    assertEquals("a longer old text", Files.readString(behind));
    link(writable).commit();
    assertEquals("new", Files.readString(behind));
    assertEquals("empty old writable", Outputs.list(closed));
  }

  /** A file that is kept, since it is empty, has to be one that can be written. */
  @Test
  void anEmptyFileThatIsReadOnly() throws Exception {
    Path behind = Files.writeString(disk.resolve("behind"), "");
    Path path = Files.writeString(disk.resolve("out"), "");
    bind(behind, path);
    makeReadOnly(path, "remount,bind,ro");
    assertEquals("cannot open output file X: Permission denied", refused(path));
    assertEquals("behind out", Outputs.list(disk));
  }

  /** What can't be replaced is written only where it can be, and where it is a file. */
  @Test
  void whatCannotBeReplacedNorWritten() throws Exception {
    Path behind = Files.writeString(disk.resolve("behind"), "old");
    Path path = Files.writeString(disk.resolve("out"), "old");
    OutBuf out = link(path);
    bind(behind, path);
    makeReadOnly(path, "remount,bind,ro");
    LinkException e = assertThrows(LinkException.class, out::commit);
    assertEquals(
        "error: cannot open output file "
            + path
            + ": Device or resource busy [output-not-writable]",
        e.getMessage());
    assertEquals("old", Files.readString(behind));
    assertEquals("behind out", Outputs.list(disk));
    unmountLast();
    out = link(path);
    bind(Path.of("/dev/null"), path);
    e = assertThrows(LinkException.class, out::commit);
    assertEquals(
        "error: cannot open output file "
            + path
            + ": Device or resource busy [output-not-writable]",
        e.getMessage());
    unmountLast();
    assertEquals("old", Files.readString(path));
    assertEquals("behind out", Outputs.list(disk));
  }

  private void unmountLast() throws Exception {
    String at = mounted.pop().toString();
    if (run("umount", at) != 0) {
      assertEquals(0, run("umount", "-l", at)); // a mapping is still there
    }
  }
}
