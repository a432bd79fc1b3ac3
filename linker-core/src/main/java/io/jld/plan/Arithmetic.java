package io.jld.plan;

import io.jld.plan.Node.Operator;

/** What operators do to 64-bit numbers. */
final class Arithmetic {
  private Arithmetic() {}

  /** Whether an operator can't be applied: {@code /} and {@code %} of zero. */
  static boolean isZeroDivision(Operator operator, long right) {
    return right == 0 && (operator == Operator.DIVIDE || operator == Operator.REMAINDER);
  }

  /** Whether the left operand alone says what {@code &&} or {@code ||} gives. */
  static boolean isDecided(Operator operator, long left) {
    return left == 0 ? operator == Operator.LOGICAL_AND : operator == Operator.LOGICAL_OR;
  }

  /**
   * @param right not 0 for {@code /} and {@code %}
   */
  static long apply(Operator operator, long left, long right) {
    return switch (operator) {
      case LOGICAL_OR -> bit(left != 0 || right != 0);
      case LOGICAL_AND -> bit(left != 0 && right != 0);
      case SHIFT_LEFT -> left << right;
      case SHIFT_RIGHT -> left >>> right;
      case EQUAL -> bit(left == right);
      case NOT_EQUAL -> bit(left != right);
      case LESS_OR_EQUAL -> bit(Long.compareUnsigned(left, right) <= 0);
      case GREATER_OR_EQUAL -> bit(Long.compareUnsigned(left, right) >= 0);
      case LESS -> bit(Long.compareUnsigned(left, right) < 0);
      case GREATER -> bit(Long.compareUnsigned(left, right) > 0);
      case OR -> left | right;
      case XOR -> left ^ right;
      case AND -> left & right;
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case DIVIDE -> left / right;
      case REMAINDER -> left % right;
      case ALIGN -> align(left, right);
      case MAX -> Long.compareUnsigned(left, right) >= 0 ? left : right;
      case MIN -> Long.compareUnsigned(left, right) <= 0 ? left : right;
      case DATA_SEGMENT_ALIGN, DATA_SEGMENT_RELRO_END ->
          throw new IllegalArgumentException(operator.text());
    };
  }

  /** The next multiple of {@code alignment}, which may be any number; 0 and 1 align nothing. */
  static long align(long value, long alignment) {
    if (alignment == 0) {
      return value;
    }
    long over = Long.remainderUnsigned(value, alignment);
    return over == 0 ? value : value - over + alignment;
  }

  /** How many bits the numbers below {@code v} have; 0 for 0. */
  static long log2Ceil(long v) {
    return v == 0 ? 0 : 64 - Long.numberOfLeadingZeros(v - 1);
  }

  static long bit(boolean b) {
    return b ? 1 : 0;
  }
}
