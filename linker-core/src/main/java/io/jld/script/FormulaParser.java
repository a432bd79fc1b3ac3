package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.link.DiagnosticCode;
import io.jld.plan.Expression;
import io.jld.plan.Node.Operator;
import io.jld.plan.Place;
import io.jld.plan.Statement.Assert;
import io.jld.plan.Statement.Assign;
import io.jld.plan.Statement.Formula;
import java.util.List;

/** Reads assignments and assertions, which may stand anywhere in a linker script. */
final class FormulaParser {
  /** The operators of assignments before whose {@code =} something stands, longer ones first. */
  private static final List<Operator> COMPOUND =
      List.of(
          Operator.SHIFT_LEFT,
          Operator.SHIFT_RIGHT,
          Operator.ADD,
          Operator.SUBTRACT,
          Operator.MULTIPLY,
          Operator.DIVIDE,
          Operator.AND,
          Operator.OR,
          Operator.XOR);

  private final ScriptReader in;

  FormulaParser(ScriptReader in) {
    this.in = in;
  }

  /** The statement that a word begins, which has been read; null where it is none of these. */
  Formula keyword(Place place, String word) {
    return switch (word) {
      case "PROVIDE" -> bracketed(place, word, true, false);
      case "PROVIDE_HIDDEN" -> bracketed(place, word, true, true);
      case "HIDDEN" -> bracketed(place, word, false, true);
      case "ASSERT" -> assertion(place);
      default -> null;
    };
  }

  /** {@code symbol = expression;}, the symbol of which has been read; null where none follows. */
  Formula assignment(Place place, String symbol) {
    Assign assign = null;
    if (in.peek() == '=' && in.charAt(1) != '=') {
      in.accept('=');
      checkSymbol(place, symbol);
      assign = new Assign(place, symbol, new ExpressionParser(in).next(), false, false);
    } else {
      for (Operator operator : COMPOUND) {
        if (in.accept(operator.text() + "=")) {
          checkSymbol(place, symbol);
          Expression by = new ExpressionParser(in).next();
          assign = new Assign(place, symbol, by.of(operator, symbol), false, false);
          break;
        }
      }
    }
    if (assign != null && !in.accept(';') && !in.accept(',')) {
      throw in.unexpected("';' expected after an assignment");
    }
    return assign;
  }

  /** {@code PROVIDE(symbol = expression)} and its like. */
  private Formula bracketed(Place place, String command, boolean provide, boolean hidden) {
    in.expect('(', "after " + command);
    in.peek();
    Place at = in.place();
    String symbol = in.peek() == '"' ? in.quoted() : in.word(ScriptReader::isSymbolChar);
    if (symbol.isEmpty()) {
      throw in.unexpected("a symbol expected in " + command);
    }
    if (symbol.equals(".")) {
      throw at.error(
          DiagnosticCode.SCRIPT_SYNTAX, "the location counter '.' is no symbol for " + command);
    }
    if (in.peek() != '=' || in.charAt(1) == '=') {
      throw in.unexpected("'=' expected after " + quote(symbol));
    }
    in.accept('=');
    checkSymbol(at, symbol);
    Expression value = new ExpressionParser(in).next();
    in.expect(')', "after the assignment in " + command);
    return new Assign(place, symbol, value, provide, hidden);
  }

  private static void checkSymbol(Place place, String symbol) {
    if (symbol.isEmpty() || Character.isDigit(symbol.charAt(0))) {
      throw place.error(DiagnosticCode.SCRIPT_SYNTAX, quote(symbol) + " is no symbol's name");
    }
  }

  private Formula assertion(Place place) {
    in.expect('(', "after ASSERT");
    Expression condition = new ExpressionParser(in).next();
    in.expect(',', "after the expression in ASSERT");
    if (in.peek() != '"') {
      throw in.unexpected("a message in double quotes expected in ASSERT");
    }
    String message = in.quoted();
    in.expect(')', "after the message in ASSERT");
    return new Assert(place, condition, message);
  }
}
