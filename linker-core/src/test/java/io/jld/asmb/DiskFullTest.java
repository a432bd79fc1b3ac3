package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.LinkException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk of 1 MiB that fills up, and a mount point as output: needs the right to mount. */
class DiskFullTest {
  private static final int DISK = 1 << 20;

  @TempDir Path dir;
  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    Path at = Files.createDirectory(dir.resolve("disk"));
    boolean mounted = false;
    try {
      mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "tmpfs", at.toString()) == 0;
    } catch (IOException e) {
      // no such program
    }
    assumeTrue(
        mounted, "a small file system can't be mounted here: that needs root and CAP_SYS_ADMIN");
    disk = at;
  }

  @AfterEach
  void unmount() throws Exception {
    if (disk != null && run("umount", disk.toString()) != 0) {
      run("umount", "-l", disk.toString()); // a mapping is still there
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }

  @ParameterizedTest
  @EnumSource
  void theErrorNamesTheOutputAndThePreviousOneIsKept(OutBuf.Mode mode) throws Exception {
    Path path = Files.writeString(disk.resolve("out"), "old");
    OutBuf out = Outputs.create();
    out.open(path, true, mode);
    LinkException e =
        assertThrows(
            LinkException.class,
            () -> {
              out.mmap(2 * DISK);
              out.writePad(2 * DISK, new byte[] {1});
              out.commit();
            });
    assertEquals(
        "error: " + path + ": no space left on device [output-not-writable]", e.getMessage());
    out.discard();
    assertEquals("old", Files.readString(path));
    assertEquals("out", Outputs.list(disk));
  }

  @Test
  void aMappedOutputIsRefusedBeforeAnythingIsWritten() throws Exception {
    OutBuf out = Outputs.create();
    out.open(disk.resolve("out"), true, OutBuf.Mode.MAPPED);
    assertThrows(LinkException.class, () -> out.mmap(2 * DISK));
    out.discard();
    assertEquals("", Outputs.list(disk));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE})
  void blocksAreReservedByTheCallAndByZeros(long callFrom) throws Exception {
    Path path = disk.resolve("file");
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Reservation.reserve(file, path, DISK / 2, callFrom);
      assertEquals(DISK / 2, file.size());
      assertTrue(Files.getFileStore(path).getUsableSpace() <= DISK / 2, "nothing was reserved");
      file.truncate(0);
      IOException e =
          assertThrows(
              IOException.class, () -> Reservation.reserve(file, path, 2 * DISK, callFrom));
      assertEquals("No space left on device", e.getMessage());
    }
  }

  @Test
  void anOutputThatCannotBeReplacedIsWrittenInPlace() throws Exception {
    // a mount point, as containers have them for single files
    Path behind = Files.writeString(disk.resolve("behind"), "a longer old text");
    Path path = Files.writeString(disk.resolve("out"), "old");
    assumeTrue(
        run("mount", "--bind", behind.toString(), path.toString()) == 0, "no bind mounts here");
    try {
      OutBuf out = Outputs.create();
      out.open(path);
      out.mmap(3);
      out.writeStringPad("new", 3, new byte[0]);
      out.commit();
      assertEquals("new", Files.readString(path));
      assertEquals("new", Files.readString(behind));
      assertEquals("behind out", Outputs.list(disk));
    } finally {
      run("umount", path.toString());
    }
  }

  @Test
  void aFaultOnAFullDiskBecomesAnErrorAndDoesNotKillTheProcess() throws Exception {
    // a file with a hole where the disk has no block left: what a file system that promises too
    // much comes to
    OutBuf out = Outputs.create();
    out.open(disk.resolve("out"), true, OutBuf.Mode.MAPPED);
    out.mmap(DISK / 2);
    Path temporary;
    try (Stream<Path> files = Files.list(disk)) { // and a link that marks it
      temporary =
          files
              .filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS))
              .findFirst()
              .orElseThrow();
    }
    try (FileChannel file = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      file.truncate(0);
      file.write(java.nio.ByteBuffer.allocate(1), DISK / 2 - 1);
    }
    Path filler = disk.resolve("filler");
    assertThrows(IOException.class, () -> Files.write(filler, new byte[2 * DISK]));
    InternalError e =
        assertThrows(InternalError.class, () -> out.writePad(DISK / 2, new byte[] {1}));
    assertTrue(OutBuf.isFault(e), e.getMessage());
    assertEquals("no space left on device", out.fault().diagnostics().get(0).message());
    out.discard();
    assertEquals("filler", Outputs.list(disk));
  }
}
