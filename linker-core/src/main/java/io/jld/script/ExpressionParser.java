package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.script.Expression.Node;
import io.jld.script.Expression.Operator;

/**
 * Reads an {@link Expression} by precedence climbing.
 *
 * <p>Two things that GNU ld's lexer does are not followed, for they only surprise: {@code a/b} is a
 * division, not the name of one symbol, and a number starts with a digit or {@code $}, so that
 * {@code beach} is no hexadecimal number.
 */
final class ExpressionParser {
  /**
   * The tree's depth at most: of brackets, unary operators, and of operands on the right of
   * operators.
   */
  private static final int MAX_DEPTH = 200;

  /**
   * Nodes at most; a chain of operators of the same precedence grows the tree to the left by one
   * each.
   */
  private static final int MAX_OPERATORS = 1000;

  private static final Operator[] OPERATORS = Operator.values();

  private final String option;
  private final ScriptReader in;
  private int depth;
  private int operators;

  ExpressionParser(String option, String text) {
    this.option = option;
    in = new ScriptReader(option, text);
  }

  static LinkException error(String option, String message) {
    return new LinkException(Location.NONE, option + ": " + message);
  }

  Node parse() {
    Node root = conditional();
    if (!in.atEnd()) {
      throw unexpected("an operator expected");
    }
    return root;
  }

  private Node conditional() {
    enter();
    Node node = binary(1);
    if (in.accept('?')) {
      Node then = conditional();
      expect(':');
      node = new Expression.Conditional(node, then, conditional());
    }
    depth--;
    return node;
  }

  private Node binary(int weakest) {
    Node left = unary();
    while (true) {
      Operator operator = operator(weakest);
      if (operator == null) {
        return left;
      }
      if (++operators > MAX_OPERATORS) {
        throw error(option, "more than " + MAX_OPERATORS + " operators in expression");
      }
      left = new Expression.Binary(operator, left, binary(operator.precedence + 1));
    }
  }

  /** Takes the operator that comes next if it binds at least as {@code weakest}. */
  private Operator operator(int weakest) {
    if (in.atEnd()) {
      return null;
    }
    for (Operator operator : OPERATORS) {
      if (operator.precedence > 0 && in.startsWith(operator.text)) {
        return operator.precedence >= weakest && in.accept(operator.text) ? operator : null;
      }
    }
    return null;
  }

  private Node unary() {
    int c = in.peek();
    if (c != '-' && c != '+' && c != '~' && c != '!') {
      return primary();
    }
    in.accept((char) c);
    enter();
    Node operand = unary();
    depth--;
    return c == '+' ? operand : new Expression.Unary((char) c, operand);
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw error(option, "expression is nested too deep");
    }
  }

  private Node primary() {
    int c = in.peek();
    if (c == '(') {
      in.accept('(');
      Node inner = conditional();
      expect(')');
      return inner;
    }
    if (c == '"') {
      return new Expression.Sym(in.quoted());
    }
    if (isDigit(c) || (c == '$' && isDigit(in.charAt(1)))) {
      return new Expression.Num(number(in.word(ExpressionParser::isNameChar)));
    }
    String name = in.word(ExpressionParser::isNameChar);
    if (name.isEmpty()) {
      throw unexpected("a number or a symbol expected");
    }
    if (name.equals(".")) {
      throw error(option, "the location counter '.' has no value here");
    }
    return in.accept('(') ? function(name) : new Expression.Sym(name);
  }

  private Node function(String name) {
    Node result =
        switch (name) {
          case "ABSOLUTE" -> new Expression.Absolute(conditional());
          case "DEFINED" -> new Expression.Defined(symbol());
          case "ALIGN" -> pair(Operator.ALIGN);
          case "MAX" -> pair(Operator.MAX);
          case "MIN" -> pair(Operator.MIN);
          default ->
              throw error(option, quote(name) + " is no function that an expression may have here");
        };
    expect(')');
    return result;
  }

  private String symbol() {
    String name = in.peek() == '"' ? in.quoted() : in.word(ExpressionParser::isNameChar);
    if (name.isEmpty() || isDigit(name.charAt(0))) {
      throw unexpected("a symbol expected in DEFINED");
    }
    return name;
  }

  private Node pair(Operator operator) {
    Node left = conditional();
    if (operator == Operator.ALIGN && in.peek() == ')') {
      throw error(option, "ALIGN with one argument is relative to '.', which has no value here");
    }
    expect(',');
    return new Expression.Binary(operator, left, conditional());
  }

  private void expect(char c) {
    if (!in.accept(c)) {
      throw unexpected("'" + c + "' expected");
    }
  }

  private LinkException unexpected(String message) {
    return error(option, in.describe(message) + " in expression");
  }

  private long number(String word) {
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

  private long digits(String s, String word, boolean suffix) {
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

  private long digits(String s, int base, String word) {
    try {
      return Long.parseUnsignedLong(s, base);
    } catch (NumberFormatException e) {
      for (int i = 0; i < s.length(); i++) {
        if (s.charAt(i) >= 0x80 || Character.digit(s.charAt(i), base) < 0) {
          throw error(option, quote(word) + " is not a number");
        }
      }
      throw s.isEmpty() ? error(option, quote(word) + " is not a number") : tooLarge(word);
    }
  }

  private LinkException tooLarge(String word) {
    return error(option, "the number " + quote(word) + " does not fit into 64 bits");
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameChar(int c) {
    return c == '_'
        || c == '.'
        || c == '$'
        || isDigit(c)
        || (c | 0x20) >= 'a' && (c | 0x20) <= 'z'
        || c >= 0x80;
  }
}
