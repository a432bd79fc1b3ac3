package io.jld.script;

import static io.jld.script.ScriptReader.quote;

/**
 * Reads numbers: decimal, {@code 0x} or {@code $} hexadecimal, {@code 0} octal, or with their base
 * after them ({@code 0ffh}, {@code 17o}, {@code 101b}); {@code K} and {@code M} after a number
 * stand for 1024 and 1024 * 1024.
 */
final class NumberParser {
  /** What is wrong with a number, as a message without a place. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  private NumberParser() {}

  /** The value of a word that starts with a digit or {@code $}. */
  static long number(String word) throws Malformed {
    String digits = word;
    int shift = 0;
    char last = Character.toLowerCase(word.charAt(word.length() - 1));
    if (last == 'k' || last == 'm') {
      shift = last == 'k' ? 10 : 20;
      digits = word.substring(0, word.length() - 1);
    }
    long value = digits(digits, word, shift == 0);
    if (shift > 0 && value >>> (64 - shift) != 0) {
      throw tooLarge(word);
    }
    return value << shift;
  }

  private static long digits(String s, String word, boolean suffix) throws Malformed {
    if (s.startsWith("0x") || s.startsWith("0X")) {
      return digits(s.substring(2), 16, word);
    }
    if (s.startsWith("$")) {
      return digits(s.substring(1), 16, word);
    }
    if (suffix) {
      int base =
          switch (s.charAt(s.length() - 1)) {
            case 'h', 'H', 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            case 'd', 'D' -> 10;
            default -> 0;
          };
      if (base != 0) {
        return digits(s.substring(0, s.length() - 1), base, word);
      }
    }
    return digits(s, s.length() > 1 && s.charAt(0) == '0' ? 8 : 10, word);
  }

  private static long digits(String s, int base, String word) throws Malformed {
    try {
      return Long.parseUnsignedLong(s, base);
    } catch (NumberFormatException e) {
      for (int i = 0; i < s.length(); i++) {
        if (s.charAt(i) >= 0x80 || Character.digit(s.charAt(i), base) < 0) {
          throw noNumber(word);
        }
      }
      throw s.isEmpty() ? noNumber(word) : tooLarge(word);
    }
  }

  private static Malformed noNumber(String word) {
    return new Malformed(quote(word) + " is not a number");
  }

  private static Malformed tooLarge(String word) {
    return new Malformed("the number " + quote(word) + " does not fit into 64 bits");
  }

  /** Whether a number has its digits after {@code 0x} or {@code $}, and nothing after them. */
  static boolean isHex(String word) {
    int start = word.startsWith("$") ? 1 : word.startsWith("0x") || word.startsWith("0X") ? 2 : 0;
    for (int i = start; i < word.length(); i++) {
      if (word.charAt(i) >= 0x80 || Character.digit(word.charAt(i), 16) < 0) {
        return false;
      }
    }
    return start > 0 && start < word.length();
  }
}
