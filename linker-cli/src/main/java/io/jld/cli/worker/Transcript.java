package io.jld.cli.worker;

import java.io.PrintWriter;
import java.io.Writer;

/** What a link prints, to standard output and standard error in the order in which it is said. */
final class Transcript extends Writer {
  /**
   * Characters that are kept. A link map in a message helps nobody, and has to be held in memory.
   */
  private static final int MOST = 8 << 20;

  private final StringBuilder text = new StringBuilder();
  private long left;

  @Override
  public synchronized void write(char[] chars, int from, int n) {
    int kept = Math.min(n, MOST - text.length());
    text.append(chars, from, kept);
    left += n - kept;
  }

  /** A stream that ends here. */
  PrintWriter writer() {
    return new PrintWriter(this);
  }

  synchronized boolean isEmpty() {
    return text.isEmpty();
  }

  synchronized String text() {
    return left == 0
        ? text.toString()
        : text + "\njld: note: " + left + " more characters are not shown; -Map=FILE has a map\n";
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
