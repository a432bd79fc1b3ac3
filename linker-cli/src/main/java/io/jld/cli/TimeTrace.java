package io.jld.cli;

import io.jld.link.LinkResult;
import java.io.IOException;
import java.nio.file.Files;

/**
 * {@code --time-trace}: the passes in the Trace Event Format ("complete events", times in
 * microseconds), which Chrome's {@code about:tracing}, Perfetto and speedscope show.
 */
final class TimeTrace {
  private TimeTrace() {}

  /**
   * @throws UsageException where the file cannot be written
   */
  static void write(LinkResult result, String file) {
    try {
      Files.writeString(Inputs.path(file), json(result));
    } catch (IOException e) {
      throw new UsageException(file + ": cannot be written: " + e.getMessage());
    }
  }

  static String json(LinkResult result) {
    StringBuilder s = new StringBuilder("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
    s.append(
        "\n"
            + "{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"name\":\"process_name\",\"args\":{\"name\":\"jld\"}}");
    for (LinkResult.PassTime pass : result.passes()) {
      s.append(",\n{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"name\":");
      string(s, pass.name());
      s.append(",\"ts\":")
          .append(pass.startNanos() / 1000)
          .append(",\"dur\":")
          .append(pass.nanos() / 1000)
          .append('}');
    }
    return s.append("\n]}\n").toString();
  }

  /** RFC 8259, 7. */
  private static void string(StringBuilder s, String text) {
    s.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        s.append('\\').append(c);
      } else if (c < ' ') {
        s.append(String.format("\\u%04x", (int) c));
      } else {
        s.append(c);
      }
    }
    s.append('"');
  }
}
