package io.jld.cli;

import io.jld.link.LinkResult;

/**
 * {@code --time-trace}: the passes and what each thread did in them, in the Trace Event Format
 * ("complete events", times in microseconds), which Chrome's {@code about:tracing}, Perfetto and
 * speedscope show. Each thread has a row; the first is that of the passes.
 */
final class TimeTrace {
  private TimeTrace() {}

  static String json(LinkResult result) {
    StringBuilder s = new StringBuilder("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
    s.append("\n");
    name(s, "process_name", 1, "jld");
    int threads = 1;
    for (LinkResult.TaskTime task : result.tasks()) {
      threads = Math.max(threads, task.thread() + 1);
    }
    for (int i = 0; i < threads; i++) {
      s.append(",\n");
      name(s, "thread_name", i + 1, i == 0 ? "link" : "worker " + i);
    }
    for (LinkResult.PassTime pass : result.passes()) {
      event(s, pass.name(), 1, pass.startNanos(), pass.nanos());
      s.append('}');
    }
    for (LinkResult.TaskTime task : result.tasks()) {
      event(s, task.name(), task.thread() + 1, task.startNanos(), task.nanos());
      s.append(",\"args\":{\"rounds\":").append(task.rounds()).append("}}");
    }
    return s.append("\n]}").toString();
  }

  private static void name(StringBuilder s, String kind, int tid, String name) {
    s.append("{\"ph\":\"M\",\"pid\":1,\"tid\":").append(tid);
    s.append(",\"name\":\"").append(kind);
    s.append("\",\"args\":{\"name\":\"").append(name).append("\"}}");
  }

  /** Both ends are rounded down, so that what lay inside of something else still does. */
  private static void event(StringBuilder s, String name, int tid, long start, long nanos) {
    long ts = start / 1000;
    s.append(",\n{\"ph\":\"X\",\"pid\":1,\"tid\":").append(tid).append(",\"name\":");
    string(s, name);
    s.append(",\"ts\":").append(ts);
    s.append(",\"dur\":").append((start + nanos) / 1000 - ts);
  }

  /** RFC 8259, 7. */
  private static void string(StringBuilder s, String text) {
    s.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        s.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) { // alone, it is a byte of a name
        s.append(String.format("\\u%04x", (int) c));
      } else {
        s.append(c);
      }
    }
    s.append('"');
  }
}
