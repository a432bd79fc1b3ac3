package io.jld.plan;

/**
 * What gaps are filled with: {@code =fill} and {@code FILL(fill)}. A hexadecimal number of any
 * length, written with {@code 0x} or {@code $}, is a sequence of bytes, leading zeros included; any
 * other expression is four bytes, the highest one first.
 *
 * @param digits the hexadecimal digits; null for an expression
 * @param value the expression; null for digits
 */
public record Fill(String digits, Expression value) {
  public Fill {
    if ((digits == null) == (value == null)) {
      throw new IllegalArgumentException("digits or an expression");
    }
  }

  public static Fill ofDigits(String digits) {
    return new Fill(digits, null);
  }

  public static Fill of(Expression value) {
    return new Fill(null, value);
  }

  /**
   * The bytes, which repeat from the start of each gap.
   *
   * @param number the expression's value; nothing where there are digits
   */
  public byte[] pattern(long number) {
    if (digits == null) {
      return new byte[] {
        (byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number
      };
    }
    byte[] bytes = new byte[(digits.length() + 1) / 2];
    int odd = digits.length() & 1;
    for (int i = 0; i < digits.length(); i++) {
      int at = (i + odd) / 2;
      bytes[at] = (byte) (bytes[at] << 4 | Character.digit(digits.charAt(i), 16));
    }
    return bytes;
  }

  /** As it is written. */
  @Override
  public String toString() {
    if (digits != null) {
      return "0x" + digits;
    }
    return value.root() instanceof Node.Num n // which in hexadecimal would be digits
        ? Long.toUnsignedString(n.value())
        : ExpressionPrinter.operand(value.root());
  }
}
