package io.jld.cli;

import io.jld.link.LinkResult;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/** {@code --stats}: a table of the passes with their times in milliseconds, and the memory. */
final class Stats {
  private Stats() {}

  static void print(LinkResult result, Console console) {
    int width = "output (MiB)".length();
    for (LinkResult.PassTime pass : result.passes()) {
      width = Math.max(width, pass.name().length());
    }
    row(console, width, "pass", "ms");
    long end = 0;
    for (LinkResult.PassTime pass : result.passes()) {
      row(console, width, pass.name(), tenths(pass.nanos() / 100_000));
      end = Math.max(end, pass.startNanos() + pass.nanos());
    }
    row(console, width, "total", tenths(end / 100_000));
    row(console, width, "peak heap (MiB)", tenths((peakHeap() * 10) >> 20));
    row(console, width, "output (MiB)", tenths((result.size() * 10) >> 20));
  }

  private static void row(Console console, int width, String name, String number) {
    console.out(
        name + " ".repeat(Math.max(0, width + 10 - name.length() - number.length())) + number);
  }

  private static String tenths(long n) {
    return n / 10 + "." + n % 10;
  }

  /** Sum of the heap pools' peaks in bytes; they need not have been reached at the same time. */
  private static long peakHeap() {
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        peak += pool.getPeakUsage().getUsed();
      }
    }
    return peak;
  }
}
