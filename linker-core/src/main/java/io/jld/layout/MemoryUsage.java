package io.jld.layout;

import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.place.Regions;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** {@code --print-memory-usage}: GNU ld's table of how full a script's regions are. */
final class MemoryUsage {
  private static final String[] UNITS = {"B", "KB", "MB", "GB"};

  private MemoryUsage() {}

  /** Prints it if it is asked for. */
  static void print(Context ctxt, Regions regions) {
    if (!ctxt.option(LinkOption.PRINT_MEMORY_USAGE)) {
      return;
    }
    ctxt.message("Memory region         Used Size  Region Size  %age Used");
    for (Regions.Usage r : regions.usage()) {
      String line =
          pad(r.name(), 16)
              + ": "
              + size(r.used())
              + size(r.length())
              + percent(r.used(), r.length());
      ctxt.message(line);
    }
  }

  private static String pad(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /** In the largest unit that it is a multiple of. */
  private static String size(long bytes) {
    int unit = 0;
    long n = bytes;
    while (unit < 3 && (n & 0x3ff) == 0) {
      n >>>= 10;
      unit++;
    }
    String number = pad(Long.toUnsignedString(n), 10);
    return unit == 0 ? " " + number + " " + UNITS[0] : number + " " + UNITS[unit];
  }

  private static String percent(long used, long length) {
    if (length == 0) {
      return "";
    }
    BigDecimal percent =
        new BigDecimal(unsigned(used).multiply(BigInteger.valueOf(100)))
            .divide(new BigDecimal(unsigned(length)), 2, RoundingMode.HALF_EVEN);
    return "    " + pad(percent.toPlainString(), 6) + "%";
  }

  private static BigInteger unsigned(long n) {
    return new BigInteger(Long.toUnsignedString(n));
  }
}
