package io.jld.cli.server;

import io.jld.cli.resident.Ending;
import io.jld.cli.resident.Posix;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A client's standard output or standard error. A pipe, a terminal or another device is opened here
 * once more, by way of {@code /proc/PID/fd/N}, and written at once, as the client itself would. The
 * place in a regular file belongs to all who have it from the same open(2), and what has no place
 * of its own is in no other process's reach: such a one is written by the client ({@link Relay}),
 * but for a file that is open for appending.
 *
 * <p>Nothing here waits without an end: who reads may be slow, or never read, and others' links
 * must go on. So the descriptor does not block, and a link that waits for a reader leaves its place
 * to another.
 */
final class Stream extends OutputStream {
  private static final int FORMAT = 0170000;
  private static final int PIPE = 0010000;
  private static final int DEVICE = 0020000;
  private static final int REGULAR = 0100000;

  private static final int ROUND_MILLIS = 50;

  private final int pid;
  private final int number;
  private final Relay relay;
  private final Pause pause;
  private boolean opened;
  private int fd = -1;
  private String failure;

  /** What gives the link's place away, and takes one again. */
  interface Pause {
    void begin();

    /** False where the link is to end. */
    boolean end();
  }

  /**
   * @param number of the client's descriptor
   */
  Stream(int pid, int number, Relay relay, Pause pause) {
    this.pid = pid;
    this.number = number;
    this.relay = relay;
    this.pause = pause;
  }

  /** For text; writes each line at once, as the streams of a process of its own do. */
  PrintStream print() {
    return new PrintStream(this, false, StandardCharsets.UTF_8) {
      @Override
      public boolean checkError() {
        try {
          sync();
        } catch (IOException e) {
          setError();
        }
        return super.checkError();
      }
    };
  }

  /** Why it could not be written. */
  String failure() {
    return failure == null ? "cannot be written" : failure;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int n) throws IOException {
    try {
      Ending.waitWhereProcessEnds();
      if (!opened) {
        opened = true;
        fd = open();
      }
      if (fd >= 0) {
        writeDirectly(bytes, from, n);
      } else if (relay.add(number, bytes, from, n)) {
        awaitRelay();
      }
    } catch (IOException e) {
      failure = e.getMessage();
      throw e;
    }
  }

  /** Waits until all has been written. */
  private void sync() throws IOException {
    try {
      if (!relay.isDone()) {
        awaitRelay();
      }
    } catch (IOException e) {
      failure = e.getMessage();
      throw e;
    }
  }

  private void awaitRelay() throws IOException {
    pause.begin();
    try {
      relay.await(number);
    } finally {
      pause.end();
    }
  }

  /** -1 where the client has to write. */
  private int open() throws IOException {
    Path theirs = Path.of("/proc/" + pid + "/fd/" + number);
    if (Files.notExists(theirs, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("Bad file descriptor");
    }
    int flags = Posix.O_WRONLY | Posix.O_NONBLOCK | Posix.O_NOCTTY;
    switch ((int) Files.getAttribute(theirs, "unix:mode") & FORMAT) {
      case PIPE, DEVICE -> {}
      case REGULAR -> {
        if (!isAppending()) {
          return -1;
        }
        flags |= Posix.O_APPEND;
      }
      default -> {
        return -1;
      }
    }
    try {
      return Posix.open(theirs, flags);
    } catch (Posix.Failed e) {
      if (e.errno() == Posix.ENXIO) {
        throw new Posix.Failed(Posix.EPIPE);
      }
      return -1; // another user's terminal
    }
  }

  private boolean isAppending() throws IOException {
    Path info = Path.of("/proc/" + pid + "/fdinfo/" + number);
    for (String line : NameBytes.string(Files.readAllBytes(info)).lines().toList()) {
      if (line.startsWith("flags:")) {
        return (Integer.parseInt(line.substring(6).strip(), 8) & Posix.O_APPEND) != 0;
      }
    }
    return false;
  }

  private void writeDirectly(byte[] bytes, int from, int n) throws IOException {
    for (int done = 0; done < n; ) {
      try {
        done += Posix.write(fd, bytes, from + done, n - done);
      } catch (Posix.Failed e) {
        if (e.errno() != Posix.EAGAIN) {
          throw e;
        }
        awaitRoom();
      }
    }
  }

  private void awaitRoom() throws IOException {
    Posix.awaitRoom(fd, ROUND_MILLIS);
    // Most readers are only slow. This one may have gone to lunch.
    pause.begin();
    Posix.awaitRoom(fd, ROUND_MILLIS);
    if (!pause.end()) {
      throw new IOException("interrupted");
    }
  }

  /** Whether anything was written. */
  synchronized boolean isUsed() {
    return opened;
  }

  /** Closes what has been opened here. */
  void end() {
    if (fd >= 0) {
      Posix.close(fd);
      fd = -1;
    }
  }
}
