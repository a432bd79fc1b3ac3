package io.jld.cli;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.link.Severity;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where messages go: diagnostics to stderr as {@code jld: error: FILE(MEMBER):(SECTION+0xOFF):
 * message [code]}, what options asked to be printed to stdout. Also the link's sink for lines; its
 * calls come one at a time.
 */
final class Console implements Consumer<String> {
  /** When colours are used. */
  enum Color {
    AUTO,
    ALWAYS,
    NEVER
  }

  private static final String BOLD = "\033[1m";
  private static final String RED = "\033[1;31m";
  private static final String MAGENTA = "\033[1;35m";
  private static final String CYAN = "\033[1;36m";
  private static final String PLAIN = "\033[0m";

  private final Surroundings around;
  private final PrintStream stdout;
  private final PrintStream err;

  /** {@link #stdout}, or {@link #err} where that is for the output. */
  private PrintStream out;

  private Color color = Color.AUTO;

  /** Null where there is none. */
  private Progress progress;

  Console(Surroundings around) {
    this.around = around;
    this.stdout = around.out();
    this.out = around.out();
    this.err = around.err();
  }

  void color(Color when) {
    color = when;
  }

  /** Prints a line to stdout. */
  void out(String line) {
    print(out, line);
  }

  @Override
  public void accept(String line) {
    print(out, line);
  }

  /** Names keep their bytes, whatever the stream's encoding is. */
  private void print(PrintStream to, String line) {
    if (progress != null) {
      progress.hide();
    }
    byte[] bytes = NameBytes.bytes(line + '\n');
    to.write(bytes, 0, bytes.length);
  }

  void error(DiagnosticCode code, String message) {
    print(List.of(Diagnostic.error(code, Location.NONE, message)));
  }

  /** Where an error of jld's own was found, for who asks ({@code JLD_DEBUG}). */
  void trace(Throwable e) {
    if (around.environment().containsKey("JLD_DEBUG") || Boolean.getBoolean("jld.debug")) {
      e.printStackTrace(err);
    }
  }

  void print(List<Diagnostic> diagnostics) {
    for (Diagnostic d : diagnostics) {
      print(d.severity(), d.text());
    }
  }

  private void print(Severity severity, String message) {
    if (!colored()) {
      print(err, "jld: " + severity.word() + ": " + message);
      return;
    }
    String tint =
        switch (severity) {
          case ERROR -> RED;
          case WARNING -> MAGENTA;
          case NOTE -> CYAN;
        };
    print(err, BOLD + "jld: " + tint + severity.word() + ": " + PLAIN + message);
  }

  private boolean colored() {
    if (color == Color.AUTO) {
      boolean wanted = !around.environment().containsKey("NO_COLOR");
      color = wanted && isTerminal() ? Color.ALWAYS : Color.NEVER;
    }
    return color == Color.ALWAYS;
  }

  /**
   * Shows what a link is doing until it is {@linkplain Progress#close over}; null where nobody sees
   * it. Nor is there one in a server: what has been printed keeps it from running a command line
   * once more.
   */
  Progress progress() {
    if (around.helpers() == null && isTerminal()) {
      progress = new Progress(err, colored());
    }
    return progress;
  }

  /**
   * Whether stderr is a terminal that knows escape sequences; System.console() looks at stdin and
   * stdout.
   */
  boolean isTerminal() {
    String term = around.environment().get("TERM");
    if (around.stderr() == null || term == null || term.equals("dumb")) {
      return false;
    }
    try {
      String device = Files.readSymbolicLink(around.stderr()).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** What options ask to be printed, as bytes. */
  OutputStream bytes() {
    return new Bytes(out);
  }

  /**
   * {@code -o -}: standard output is for the output, and what options ask to be printed goes to
   * stderr.
   *
   * @throws UsageException where standard output is not one of bytes
   */
  OutputStream takeStdout() {
    if (stdout instanceof TextStream) {
      throw new UsageException(
          DiagnosticCode.OUTPUT_NOT_WRITABLE, "-o -: standard output takes text only here");
    }
    out = err;
    return new Bytes(stdout);
  }

  /** A standard stream that says where it can't be written. */
  private final class Bytes extends OutputStream {
    private final PrintStream to;

    Bytes(PrintStream to) {
      this.to = to;
    }

    @Override
    public void write(int b) {
      to.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int n) throws IOException {
      to.write(bytes, from, n);
      flush();
    }

    @Override
    public void flush() throws IOException {
      if (to == stdout) {
        check();
      }
    }
  }

  /**
   * Writes what has been printed so far.
   *
   * @throws UncheckedIOException where standard output is full or closed
   */
  void flush() {
    try {
      check();
    } catch (IOException e) {
      throw new UncheckedIOException(new IOException("standard output: " + e.getMessage()));
    }
  }

  /**
   * Writes what has been printed.
   *
   * @param say whether it is an error where that fails; only a reader who has gone, such as {@code
   *     head}, need not be told
   * @return whether all has been written
   */
  boolean end(boolean say) {
    try {
      check();
      return true;
    } catch (IOException e) {
      if (say && !e.getMessage().equals("Broken pipe")) {
        error(DiagnosticCode.REPORT_NOT_WRITABLE, "standard output: " + e.getMessage());
      }
      return false;
    } finally {
      err.flush();
    }
  }

  private void check() throws IOException {
    if (!stdout.checkError()) { // it flushes
      return;
    }
    throw new IOException(around.whyStdout().get());
  }
}
