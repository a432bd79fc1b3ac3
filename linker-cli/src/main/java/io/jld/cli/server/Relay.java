package io.jld.cli.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What only the client can write to its standard output and standard error, in order: it is put
 * into a file, the client is told to print that one, and answers when it has done so. What comes
 * meanwhile is gathered.
 */
final class Relay {
  /** Bytes that are gathered before the link waits for the client. */
  private static final int MOST = 1 << 20;

  private final Slot slot;
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private int files;

  /** The file that the client prints now; null: none. */
  private Path printing;

  private int printingTo;
  private final Map<Integer, String> failures = new HashMap<>();

  Relay(Slot slot) {
    this.slot = slot;
  }

  private record Piece(int number, ByteArrayOutputStream bytes) {}

  /**
   * Adds bytes.
   *
   * @param number of the client's descriptor
   * @return whether there is so much that the link should wait until it is printed
   */
  synchronized boolean add(int number, byte[] bytes, int from, int n) throws IOException {
    check(number);
    Piece last = pieces.peekLast();
    if (last == null || last.number != number) {
      last = new Piece(number, new ByteArrayOutputStream());
      pieces.add(last);
    }
    last.bytes.write(bytes, from, n);
    return last.bytes.size() >= MOST;
  }

  private void check(int number) throws IOException {
    if (failures.containsKey(number)) {
      throw new IOException(failures.get(number));
    }
  }

  /** Has the client print what there is, if it does not print already. */
  synchronized void push() throws IOException {
    if (printing != null || pieces.isEmpty()) {
      return;
    }
    Piece first = pieces.poll();
    Path file = slot.file(files++);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, first.bytes.toByteArray());
    printing = file;
    printingTo = first.number;
    slot.tell(first.number + " " + file.getFileName());
  }

  /**
   * The client's answer.
   *
   * @param failure its system's words; empty: all has been printed
   */
  synchronized void printed(String failure) {
    if (printing == null) {
      return;
    }
    remove();
    if (!failure.isEmpty()) {
      failures.put(printingTo, failure);
    }
    try {
      push();
    } catch (IOException e) {
      failures.put(printingTo, e.getMessage());
    }
    notifyAll();
  }

  private void remove() {
    try {
      Files.deleteIfExists(printing);
    } catch (IOException e) {
      // the directory is gone
    }
    printing = null;
  }

  /** Whether nothing is left. */
  synchronized boolean isDone() {
    return printing == null && pieces.isEmpty();
  }

  /**
   * Waits until all has been printed.
   *
   * @throws IOException where that has failed for this stream, or nobody waits for it any more
   */
  synchronized void await(int number) throws IOException {
    try {
      push();
      while (printing != null) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
    check(number);
  }

  /** Forgets what has not been printed. */
  synchronized void end() {
    pieces.clear();
    if (printing != null) {
      remove();
    }
  }
}
