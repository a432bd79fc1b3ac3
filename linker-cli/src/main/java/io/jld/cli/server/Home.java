package io.jld.cli.server;

import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * The server's directory. All of it lies below one that is the user's, a real directory, and closed
 * to all others; whoever can get into it is the user, or root. That is looked at before each link
 * (by the launcher as well, as far as a shell can: it asks for the owner of the FIFO that it has
 * opened).
 */
final class Home {
  private static final int DIRECTORY_0700 = 0040700;

  private final Path base;
  private final Path dir;
  private final Path generation;
  private final FileChannel lockFile;
  private final Object identity;

  private Home(Path base, Path dir, FileChannel lockFile) throws IOException {
    this.base = base;
    this.dir = dir;
    this.lockFile = lockFile;
    String name = ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
    generation = Files.createDirectory(dir.resolve(name));
    identity = key(generation);
  }

  /**
   * Takes the directory.
   *
   * @param base the one that nobody else may enter; is made where it is not there
   * @param dir of the server, below it
   * @return null where another server has it
   * @throws IOException where it is not safe, or can't be made
   */
  static Home take(Path base, Path dir) throws IOException {
    if (Files.notExists(base, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          base, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    check(base);
    Files.createDirectories(dir); // the umask lets nobody else in
    FileChannel file =
        FileChannel.open(dir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = file.tryLock();
    if (lock == null) {
      file.close();
      return null;
    }
    removeOld(dir);
    return new Home(base, dir, file);
  }

  private static void check(Path base) throws IOException {
    Map<String, Object> now =
        Files.readAttributes(base, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    if (!now.get("uid").equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new IOException(NameBytes.string(base) + " is not this user's");
    }
    if (((int) now.get("mode") & 0177777 & ~02000) != DIRECTORY_0700) {
      throw new IOException(
          NameBytes.string(base) + " is not a directory with mode 0700, closed to other users");
    }
  }

  /** Removes what servers that were killed have left; one that is about to end still works. */
  private static void removeOld(Path dir) throws IOException {
    Files.deleteIfExists(dir.resolve("now"));
    try (DirectoryStream<Path> all = Files.newDirectoryStream(dir, "[0-9]*-*")) {
      for (Path old : all) {
        if (!isAlive(old.getFileName().toString().split("-")[0])) {
          removeAll(old);
        }
      }
    }
  }

  /** Whether a process of this user's runs: one that has ended may keep its number for a while. */
  static boolean isAlive(String pid) {
    try {
      Files.readSymbolicLink(Path.of("/proc", pid, "exe"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void removeAll(Path generation) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(generation)) {
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(generation);
  }

  private static Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  Path generation() {
    return generation;
  }

  /** Tells clients that there is a server. */
  void announce(int slots) throws IOException {
    Path made = dir.resolve("now.new");
    Files.write(made, NameBytes.bytes(generation.getFileName() + " " + slots + "\n"));
    Files.move(made, dir.resolve("now"), StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(dir.resolve("starting"));
  }

  /**
   * Looks whether all is still as it was made.
   *
   * @throws IOException with what is wrong
   */
  void check() throws IOException {
    check(base);
    if (!key(generation).equals(identity)) {
      throw new IOException(NameBytes.string(generation) + " has been replaced");
    }
  }

  /** Makes room for another server: new clients don't find this one. */
  void leave() {
    try {
      if (lockFile.isOpen() && key(generation).equals(identity)) {
        Files.deleteIfExists(dir.resolve("now"));
      }
      lockFile.close();
    } catch (IOException e) {
      // somebody has removed the directory
    }
  }

  /** Removes what is left. */
  void remove() {
    leave();
    try {
      removeAll(generation);
    } catch (IOException e) {
      // as above
    }
  }
}
