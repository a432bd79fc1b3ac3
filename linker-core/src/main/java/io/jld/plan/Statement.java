package io.jld.plan;

/**
 * One statement of a linker script. Statements take effect in the order in which they stand, in all
 * scripts of a link and among {@code --defsym}.
 */
public sealed interface Statement {
  /** Where it starts. */
  Place place();

  /** A statement that consists of an expression: what a script says of symbols. */
  sealed interface Formula extends Statement {
    Expression expression();
  }

  /**
   * {@code symbol = expression}; {@code symbol += expression} and its like are {@code symbol =
   * symbol + expression}. The symbol {@code .} is the location counter.
   *
   * @param provide whether it counts only where something refers to the symbol and nothing defines
   *     it: {@code PROVIDE}
   * @param hidden whether other modules do not see the symbol: {@code HIDDEN}
   */
  record Assign(Place place, String symbol, Expression expression, boolean provide, boolean hidden)
      implements Formula {
    /** As it stands in a script, without the semicolon. */
    @Override
    public String toString() {
      String text = symbol + " = " + expression;
      String command = provide ? hidden ? "PROVIDE_HIDDEN" : "PROVIDE" : hidden ? "HIDDEN" : "";
      return command.isEmpty() ? text : command + "(" + text + ")";
    }
  }

  /** {@code ASSERT(expression, "message")}: an error where the value is 0. */
  record Assert(Place place, Expression expression, String message) implements Formula {}
}
