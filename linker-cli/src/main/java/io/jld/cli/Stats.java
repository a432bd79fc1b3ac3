package io.jld.cli;

import io.jld.link.LinkResult;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code --stats}: a table of the passes with their times in milliseconds, and the memory. */
final class Stats {
  private Stats() {}

  static void print(LinkResult result, Console console) {
    int width = "peak memory (MiB)".length();
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
    long memory = peakMemory();
    if (memory > 0) {
      row(console, width, "peak memory (MiB)", tenths((memory * 10) >> 20));
    }
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

  /**
   * The most that the process had in memory so far in bytes, mapped files included: {@code VmHWM},
   * proc_pid_status(5); 0 where the system does not say.
   */
  private static long peakMemory() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.substring(6, line.indexOf("kB")).strip()) << 10;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}
