package io.jld.cli;

import io.jld.link.IoReason;
import io.jld.link.NameBytes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A file that takes a report line by line. It is made for the first line, so that a link which
 * fails before it reports leaves an old file as it is.
 */
final class ReportFile implements Consumer<String>, AutoCloseable {
  private final String name;
  private final Path path;
  private OutputStream out;

  /**
   * @throws UsageException where the name is none
   */
  ReportFile(String name) {
    this.name = name;
    this.path = Inputs.path(name);
  }

  /**
   * Writes a line.
   *
   * @throws UncheckedIOException where it can't be written
   */
  @Override
  public void accept(String line) {
    try {
      if (out == null) {
        out = new BufferedOutputStream(Files.newOutputStream(path));
      }
      out.write(NameBytes.bytes(line));
      out.write('\n');
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Writes what is left.
   *
   * @throws UncheckedIOException where it can't be written
   */
  void finish() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Closes the file whatever has become of it: {@link #finish} has said what was wrong. */
  @Override
  public void close() {
    try {
      finish();
    } catch (UncheckedIOException e) {
      // the link has failed
    }
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException(new IOException(name + ": " + IoReason.of(e), e));
  }
}
