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
 * A file that takes a report, line by line or as bytes. It is made for the first of them, so that a
 * link which fails before it reports leaves an old file as it is.
 */
final class ReportFile extends OutputStream implements Consumer<String> {
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
    byte[] bytes = NameBytes.bytes(line + '\n');
    try {
      write(bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * Writes bytes.
   *
   * @throws IOException where they can't be written; it names the file
   */
  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    try {
      if (out == null) {
        out = new BufferedOutputStream(Files.newOutputStream(path));
      }
      out.write(bytes, from, count);
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
      throw new UncheckedIOException(failed(e));
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

  private IOException failed(IOException e) {
    return new IOException(name + ": " + IoReason.of(e), e);
  }
}
