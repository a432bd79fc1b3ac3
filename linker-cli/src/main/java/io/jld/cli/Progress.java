package io.jld.cli;

import io.jld.link.LinkOption;
import java.io.PrintStream;
import java.util.function.Consumer;

/**
 * A line on the terminal that says what a link is doing ({@link LinkOption#PROGRESS}). Most links
 * are over before anybody could read it: it is there from the second second on, and gone when the
 * link ends, or before something else is printed.
 */
final class Progress implements Consumer<String>, AutoCloseable {
  private static final long FIRST_MILLIS = 1000;
  private static final long NEXT_MILLIS = 200;

  /** ECMA-48: to the first column, then EL, "erase in line". */
  private static final String ERASE = "\r\033[K";

  private static final String DIM = "\033[2m";
  private static final String PLAIN = "\033[0m";

  private final PrintStream terminal;
  private final boolean colored;
  private final long start = System.nanoTime();
  private final Thread thread;
  private volatile String pass = "";

  // Guarded by this

  private boolean shown;
  private boolean ended;

  /**
   * @param terminal what the line is written to
   * @param colored whether it may be of another shade than messages
   */
  Progress(PrintStream terminal, boolean colored) {
    this.terminal = terminal;
    this.colored = colored;
    thread = Thread.ofPlatform().daemon().name("jld progress").start(this::run);
  }

  /** Takes the name of the pass that begins. */
  @Override
  public void accept(String name) {
    pass = name;
  }

  private void run() {
    try {
      Thread.sleep(FIRST_MILLIS);
      while (show()) {
        Thread.sleep(NEXT_MILLIS);
      }
    } catch (InterruptedException e) {
      // the link is over
    }
  }

  /** False when there is nothing more to show. */
  private synchronized boolean show() {
    if (ended) {
      return false;
    }
    long tenths = (System.nanoTime() - start) / 100_000_000;
    String text = "jld: " + tenths / 10 + "." + tenths % 10 + " s: " + pass;
    terminal.print(ERASE + (colored ? DIM + text + PLAIN : text));
    terminal.flush();
    shown = true;
    return true;
  }

  /** Makes room for something that is printed; the line comes back when it is next due. */
  synchronized void hide() {
    if (shown) {
      terminal.print(ERASE);
      terminal.flush();
      shown = false;
    }
  }

  @Override
  public synchronized void close() {
    ended = true;
    hide();
    thread.interrupt();
  }
}
