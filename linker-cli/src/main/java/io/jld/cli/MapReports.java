package io.jld.cli;

import io.jld.cli.map.MapJson;
import io.jld.cli.map.SizeReport;
import io.jld.link.DiagnosticCode;
import io.jld.link.IoReason;
import io.jld.link.LinkOption;
import io.jld.link.MapSink;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Who takes the link map as data: {@code --map-json}, {@code --size-report}. */
final class MapReports {
  private MapReports() {}

  /**
   * Those that a command line asks for.
   *
   * @throws UsageException where a file's name is none, or the earlier map can't be read
   */
  static List<MapSink> of(CommandLine line, Reports reports) {
    List<MapSink> sinks = new ArrayList<>();
    if (!line.sizeReport().isEmpty()) { // the first: it reads what the other may write anew
      String base = line.sizeReportBase();
      if (!base.isEmpty()) {
        check(base);
      }
      boolean demangle = line.request().build().get(LinkOption.DEMANGLE);
      sinks.add(
          new SizeReport(reports.stream(line.sizeReport()), base, () -> open(base), demangle));
    }
    if (!line.mapJson().isEmpty()) {
      sinks.add(new MapJson(reports.stream(line.mapJson())));
    }
    return sinks;
  }

  /** What can't be read need not be linked first. */
  private static void check(String base) {
    Path file = Inputs.path(base);
    if (!Files.exists(file)) {
      throw new UsageException(DiagnosticCode.FILE_NOT_FOUND, base + ": no such file");
    }
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new UsageException(DiagnosticCode.UNREADABLE_FILE, base + ": cannot be read");
    }
  }

  private static InputStream open(String base) throws IOException {
    try {
      return new BufferedInputStream(Files.newInputStream(Inputs.path(base)), 1 << 16);
    } catch (IOException e) {
      throw new IOException(IoReason.of(e), e);
    }
  }
}
