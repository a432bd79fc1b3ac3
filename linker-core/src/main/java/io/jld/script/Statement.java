package io.jld.script;

/**
 * What a linker script says of symbols. Statements take effect in the order in which they stand, in
 * all scripts of a link and among {@code --defsym}.
 */
public sealed interface Statement extends InputScript.Command {
  Expression expression();

  @Override
  default int line() {
    return expression().place().line();
  }

  /**
   * {@code symbol = expression}; {@code symbol += expression} and its like are {@code symbol =
   * symbol + expression}. The symbol {@code .} is the location counter.
   *
   * @param provide whether it counts only where something refers to the symbol and nothing defines
   *     it: {@code PROVIDE}
   * @param hidden whether other modules do not see the symbol: {@code HIDDEN}
   */
  record Assign(String symbol, Expression expression, boolean provide, boolean hidden)
      implements Statement {
    /** {@code --defsym}. */
    public static Assign defsym(String symbol, String expression) {
      return new Assign(symbol, Expression.parse("--defsym=" + symbol, expression), false, false);
    }

    /** As it stands in a script, without the semicolon. */
    @Override
    public String toString() {
      String text = symbol + " = " + expression;
      String command = provide ? hidden ? "PROVIDE_HIDDEN" : "PROVIDE" : hidden ? "HIDDEN" : "";
      return command.isEmpty() ? text : command + "(" + text + ")";
    }
  }

  /** {@code ASSERT(expression, "message")}: an error where the value is 0. */
  record Assert(Expression expression, String message) implements Statement {}
}
