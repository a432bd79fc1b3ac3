package io.jld.cli;

import io.jld.link.DiagnosticCode;

/** Numbers of options: unsigned 64 bits. */
final class Numbers {
  private Numbers() {}

  /**
   * By C's rules: {@code 0x} hexadecimal, {@code 0} octal, else decimal.
   *
   * @param what names the number for the message
   */
  static long c(String text, String what) {
    try {
      if (text.startsWith("0x") || text.startsWith("0X")) {
        return Long.parseUnsignedLong(digits(text, 2), 16);
      }
      return text.length() > 1 && text.charAt(0) == '0'
          ? Long.parseUnsignedLong(digits(text, 1), 8)
          : Long.parseUnsignedLong(digits(text, 0));
    } catch (NumberFormatException e) {
      throw new UsageException(DiagnosticCode.INVALID_VALUE, "invalid " + what + " '" + text + "'");
    }
  }

  /** Hexadecimal with or without {@code 0x}. */
  static long hex(String text, String what) {
    try {
      return Long.parseUnsignedLong(
          digits(text, text.startsWith("0x") || text.startsWith("0X") ? 2 : 0), 16);
    } catch (NumberFormatException e) {
      throw new UsageException(
          DiagnosticCode.INVALID_VALUE, "invalid hex number '" + text + "' for " + what);
    }
  }

  /** A size that must be a power of two, by C's rules. */
  static long powerOfTwo(String text, String what) {
    long n = c(text, what);
    if (Long.bitCount(n) != 1) {
      throw new UsageException(
          DiagnosticCode.INVALID_VALUE, "invalid " + what + " '" + text + "': not a power of two");
    }
    return n;
  }

  /** A decimal number that fits an int and is at least {@code least}. */
  static int count(String text, int least, String what) {
    try {
      int n = Integer.parseInt(digits(text, 0));
      if (n >= least) {
        return n;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new UsageException(DiagnosticCode.INVALID_VALUE, "invalid " + what + " '" + text + "'");
  }

  /** The text from {@code start}: a sign, which Java's parsers take, is none. */
  private static String digits(String text, int start) {
    if (start < text.length() && (text.charAt(start) == '+' || text.charAt(start) == '-')) {
      throw new NumberFormatException();
    }
    return text.substring(start);
  }
}
