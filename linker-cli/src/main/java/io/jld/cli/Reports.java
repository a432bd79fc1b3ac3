package io.jld.cli;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The reports of one link, all of which have to be written before there is an output. */
final class Reports implements AutoCloseable {
  private final Console console;
  private final List<ReportFile> files = new ArrayList<>();

  Reports(Console console) {
    this.console = console;
  }

  /**
   * Who takes a report: {@code -} is standard output; null where the name is empty and there is no
   * report.
   */
  Consumer<String> sink(String name) {
    if (name.isEmpty()) {
      return null;
    }
    if (name.equals("-")) {
      return console;
    }
    return file(name);
  }

  /** Where the bytes of a report go: {@code -} is standard output. */
  OutputStream stream(String name) {
    return name.equals("-") ? console.bytes() : file(name);
  }

  private ReportFile file(String name) {
    ReportFile file = new ReportFile(name);
    files.add(file);
    return file;
  }

  /**
   * Writes what is left, to standard output as well.
   *
   * @throws java.io.UncheckedIOException where it can't be written
   */
  void finish() {
    files.forEach(ReportFile::finish);
    console.flush();
  }

  @Override
  public void close() {
    files.forEach(ReportFile::close);
  }
}
