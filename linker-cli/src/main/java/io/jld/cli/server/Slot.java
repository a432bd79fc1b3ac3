package io.jld.cli.server;

import io.jld.cli.resident.Posix;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * A FIFO from the server to one client at a time, who has made the file {@code N.taken} beside it.
 */
final class Slot {
  /** The descriptor by which a client has the FIFO open. */
  static final int CLIENTS = 4;

  /** Descriptors that are a client's standard output and standard error all the time. */
  static final int STDOUT = 8;

  static final int STDERR = 9;

  private final Path generation;
  private final int number;
  private final Path fifo;
  private final Path taken;
  private int fd = -1;

  Slot(Path generation, int number) throws IOException {
    this.generation = generation;
    this.number = number;
    fifo = generation.resolve(String.valueOf(number));
    taken = generation.resolve(number + ".taken");
    renew();
  }

  /** Puts a new FIFO into the place of the old one, and lets the next client take it. */
  synchronized void renew() throws IOException {
    if (fd >= 0) {
      Posix.close(fd); // what is in it is still there for who reads it
      fd = -1;
    }
    Path made = generation.resolve(number + ".new");
    Files.deleteIfExists(made);
    Posix.mkfifo(made);
    int both = Posix.open(made, Posix.O_RDWR); // else nobody reads, and it can't be opened
    try {
      fd = Posix.open(made, Posix.O_WRONLY | Posix.O_NONBLOCK);
    } finally {
      Posix.close(both);
    }
    Files.move(made, fifo, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(taken);
  }

  int number() {
    return number;
  }

  /** The writing end. */
  synchronized int fd() {
    return fd;
  }

  /** Whether the client is gone. */
  synchronized boolean isAbandoned() {
    return fd < 0 || Posix.isAbandoned(fd);
  }

  /** A new file for something to be printed. */
  Path file(int count) {
    return generation.resolve(number + "-" + count);
  }

  /** Sends a line to the client, who may be gone. */
  synchronized void tell(String line) {
    byte[] bytes = NameBytes.bytes(line + "\n");
    try {
      Posix.write(fd, bytes, 0, bytes.length); // a FIFO takes thousands of such lines
    } catch (Posix.Failed e) {
      // Watch finds out
    }
  }

  /** Whether this process is the client: it has the slot's FIFO open. */
  boolean isOpenIn(int pid) throws IOException {
    Path theirs = Path.of("/proc/" + pid + "/fd/" + CLIENTS);
    return Files.isSameFile(theirs, fifo)
        && NameBytes.string(Files.readAllBytes(taken)).strip().equals(String.valueOf(pid));
  }

  /** Whether a client has taken the slot that asks for nothing any more: it has been killed. */
  boolean isLeft() {
    try {
      FileTime since = Files.getLastModifiedTime(taken);
      List<String> words = List.of(NameBytes.string(Files.readAllBytes(taken)).strip().split(" "));
      if (words.getFirst().isEmpty()) { // between two calls of the shell's, or for ever
        return since.toMillis() + 10_000 < System.currentTimeMillis();
      }
      return !Home.isAlive(words.getFirst());
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
