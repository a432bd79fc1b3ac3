package tern.lang;

/** Computes what is known while the program is compiled. */
final class Folding {
  private Folding() {}

  /** The number, where both sides are numbers; otherwise the same. */
  static Tree.Expr fold(Tree.Arithmetic a) {
    if (a.left() instanceof Tree.Number l
        && a.right() instanceof Tree.Number r
        && l.type() == Type.INT
        && r.type() == Type.INT) {
      return new Tree.Number(a.place(), Type.INT, compute(a.operation(), l.value(), r.value()));
    }
    return a;
  }

  /**
   * As the processor does it: 32 bits that wrap, shifts by the low 5 bits.
   *
   * @param right not 0 where it divides
   */
  private static int compute(Tree.Operation operation, int left, int right) {
    return switch (operation) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case DIVIDE -> left / right;
      case REMAINDER -> left % right;
      case AND -> left & right;
      case OR -> left | right;
      case XOR -> left ^ right;
      case SHIFT_LEFT -> left << right;
      case SHIFT_RIGHT -> left >> right;
    };
  }
}
