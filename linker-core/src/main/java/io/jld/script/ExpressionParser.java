package io.jld.script;

import static io.jld.script.ScriptReader.quote;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.plan.Expression;
import io.jld.plan.Expression.Constant;
import io.jld.plan.Expression.Property;
import io.jld.plan.Fill;
import io.jld.plan.Node;
import io.jld.plan.Node.Function1;
import io.jld.plan.Node.Operator;
import io.jld.plan.Place;
import io.jld.plan.Statement;

/**
 * Reads an {@link Expression} by precedence climbing. Its functions are
 *
 * <pre>
 * ABSOLUTE(value)  ALIGN(value, alignment)  LOG2CEIL(value)  MAX(a, b)  MIN(a, b)
 * DEFINED(symbol)  ADDR(section)  LOADADDR(section)  SIZEOF(section)  ALIGNOF(section)
 * CONSTANT(MAXPAGESIZE)  CONSTANT(COMMONPAGESIZE)  SIZEOF_HEADERS
 * SEGMENT_START(segment, otherwise)  ASSERT(value, "message")
 * .  ALIGN(alignment)  NEXT(alignment)  BLOCK(alignment)     in scripts: the location counter
 * ORIGIN(region)  LENGTH(region)  DATA_SEGMENT_ALIGN(maxPage, commonPage)          in scripts
 * DATA_SEGMENT_RELRO_END(offset, address)  DATA_SEGMENT_END(address)               in scripts
 * RELRO_BEGIN(address)  RELRO_END(address)                                         in scripts
 * </pre>
 *
 * <p>Two things that GNU ld's lexer does are not followed, for they only surprise: {@code a/b} is a
 * division, not the name of one symbol, and a number starts with a digit or {@code $}, so that
 * {@code beach} is no hexadecimal number.
 */
public final class ExpressionParser {
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

  private static final String[] FUNCTIONS = {
    "ABSOLUTE",
    "ADDR",
    "ALIGN",
    "ALIGNOF",
    "ASSERT",
    "BLOCK",
    "CONSTANT",
    "DATA_SEGMENT_ALIGN",
    "DATA_SEGMENT_END",
    "DATA_SEGMENT_RELRO_END",
    "DEFINED",
    "LENGTH",
    "LOADADDR",
    "LOG2CEIL",
    "MAX",
    "MIN",
    "NEXT",
    "ORIGIN",
    "RELRO_BEGIN",
    "RELRO_END",
    "SEGMENT_START",
    "SIZEOF"
  };

  private static final Operator[] OPERATORS = Operator.values();

  private final ScriptReader in;

  /** Null in a script, where errors are at the line that is being read. */
  private final Place option;

  private int depth;
  private int operators;

  /** Whether {@code (} may start an output section's type. */
  private boolean typeFollows;

  /** Whether a hexadecimal number may have any length. */
  private boolean filling;

  /** The last hexadecimal number and its digits, where {@link #filling}. */
  private Node digitsNode;

  private String digits;

  /** For an expression that is an option's value. */
  ExpressionParser(String option, String text) {
    this.option = Place.option(option);
    in = new ScriptReader(option, text);
  }

  /**
   * For an expression in a script, which ends before the first thing that does not belong to it.
   */
  ExpressionParser(ScriptReader in) {
    this.option = null;
    this.in = in;
  }

  /**
   * Parses an expression that stands alone.
   *
   * @param option what the expression belongs to, for messages: {@code --defsym=end}
   * @throws LinkException where it is malformed
   */
  public static Expression parse(String option, String text) {
    return new Expression(Place.option(option), new ExpressionParser(option, text).parse(), text);
  }

  /** {@code --defsym}. */
  public static Statement.Assign defsym(String symbol, String expression) {
    Expression parsed = parse("--defsym=" + symbol, expression);
    return new Statement.Assign(parsed.place(), symbol, parsed, false, false);
  }

  private LinkException error(String message) {
    return option == null
        ? in.error(DiagnosticCode.SCRIPT_SYNTAX, message)
        : option.error(DiagnosticCode.SCRIPT_SYNTAX, message);
  }

  /** The expression at the reader's current place. */
  Expression next() {
    in.peek();
    Place place = in.place();
    int start = in.offset();
    Node root = conditional();
    return new Expression(place, root, in.since(start));
  }

  /**
   * The expression in brackets, which come next.
   *
   * @param word that stands before them, for messages
   */
  Expression bracketed(String word) {
    in.expect('(', "after " + word);
    Expression e = next();
    in.expect(')', "after the expression in " + word);
    return e;
  }

  /** As {@link #next}, for an output section's address, after which its type may stand. */
  Expression beforeType() {
    typeFollows = true;
    return next();
  }

  /** As {@link #next}, for what gaps are filled with. */
  Fill fill() {
    filling = true;
    Expression value = next();
    return value.root() == digitsNode ? Fill.ofDigits(digits) : Fill.of(value);
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
      node = new Node.Conditional(node, then, conditional());
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
        throw error("more than " + MAX_OPERATORS + " operators in expression");
      }
      left = new Node.Binary(operator, left, binary(operator.precedence() + 1));
    }
  }

  /** Takes the operator that comes next if it binds at least as {@code weakest}. */
  private Operator operator(int weakest) {
    if (in.atEnd() || (option == null && in.startsWith("/DISCARD/"))) {
      return null; // the next output section, after a fill
    }
    for (Operator operator : OPERATORS) {
      if (operator.precedence() > 0 && in.startsWith(operator.text())) {
        return operator.precedence() >= weakest && in.accept(operator.text()) ? operator : null;
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
    return switch (c) {
      case '-' -> new Node.Unary(Function1.NEGATE, operand);
      case '~' -> new Node.Unary(Function1.COMPLEMENT, operand);
      case '!' -> new Node.Unary(Function1.NOT, operand);
      default -> operand;
    };
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw error("expression is nested too deep");
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
      return new Node.Sym(in.quoted());
    }
    if (isDigit(c) || (c == '$' && isDigit(in.charAt(1)))) {
      String word = in.word(ExpressionParser::isNameChar);
      return filling && NumberParser.isHex(word) ? digits(word) : new Node.Num(number(word));
    }
    String name = in.word(ExpressionParser::isNameChar);
    if (name.isEmpty()) {
      throw unexpected("a number or a symbol expected");
    }
    if (name.equals(".")) {
      return counter();
    }
    if (name.equals("SIZEOF_HEADERS")) {
      return new Node.OfLink(Constant.SIZEOF_HEADERS);
    }
    boolean called = in.peek() == '(' && !(typeFollows && in.startsType()) && in.accept('(');
    return called ? function(name) : new Node.Sym(name);
  }

  /** A number of any length, of which an expression sees the lowest 64 bits. */
  private Node digits(String word) {
    digits = word.substring(word.startsWith("$") ? 1 : 2);
    int low = Math.max(0, digits.length() - 16);
    digitsNode = new Node.Num(Long.parseUnsignedLong(digits.substring(low), 16));
    return digitsNode;
  }

  private Node function(String name) {
    Node result =
        switch (name) {
          case "ABSOLUTE" -> new Node.Unary(Function1.ABSOLUTE, conditional());
          case "LOG2CEIL" -> new Node.Unary(Function1.LOG2CEIL, conditional());
          case "DEFINED" -> new Node.Defined(symbol());
          case "ALIGN" -> align();
          case "NEXT" -> counted(Function1.NEXT);
          case "BLOCK" -> counted(Function1.ALIGN);
          case "MAX" -> pair(Operator.MAX);
          case "MIN" -> pair(Operator.MIN);
          case "ADDR", "LOADADDR", "SIZEOF", "ALIGNOF" ->
              new Node.OfSection(Property.valueOf(name), section(name));
          case "CONSTANT" -> new Node.OfLink(constant());
          case "SEGMENT_START" -> segmentStart();
          case "ASSERT" -> checked();
          case "ORIGIN", "LENGTH" -> region(name);
          case "DATA_SEGMENT_ALIGN" -> inScript(name, pair(Operator.DATA_SEGMENT_ALIGN));
          case "DATA_SEGMENT_RELRO_END" -> inScript(name, pair(Operator.DATA_SEGMENT_RELRO_END));
          case "RELRO_BEGIN" ->
              inScript(name, new Node.Unary(Function1.RELRO_BEGIN, conditional()));
          case "RELRO_END" -> inScript(name, new Node.Unary(Function1.RELRO_END, conditional()));
          case "DATA_SEGMENT_END" ->
              inScript(name, new Node.Unary(Function1.DATA_SEGMENT_END, conditional()));
          default -> throw noFunction(name);
        };
    expect(')');
    return result;
  }

  /** The location counter, of which the linker's options know nothing. */
  private Node counter() {
    if (option != null) {
      throw error("the location counter '.' has no value here");
    }
    return new Node.Sym(".");
  }

  /** {@code ALIGN(value, alignment)}, or {@code ALIGN(alignment)} for the location counter. */
  private Node align() {
    Node first = conditional();
    if (in.accept(',')) {
      return new Node.Binary(Operator.ALIGN, first, conditional());
    }
    if (option != null && in.peek() == ')') {
      throw error("ALIGN with one argument is relative to '.', which has no value here");
    }
    counter();
    return new Node.Unary(Function1.ALIGN, first);
  }

  /** A function whose value depends on the location counter. */
  private Node counted(Function1 function) {
    counter();
    return new Node.Unary(function, conditional());
  }

  private Node region(String function) {
    if (option != null) {
      throw noFunction(function);
    }
    return new Node.OfRegion(function.equals("ORIGIN"), section(function));
  }

  private Node inScript(String function, Node node) {
    if (option != null) {
      throw noFunction(function);
    }
    return node;
  }

  private LinkException noFunction(String name) {
    return error(
        quote(name)
            + " is no function that an expression may have here"
            + Spelling.hint(name, FUNCTIONS));
  }

  private String section(String function) {
    String name = in.peek() == '"' ? in.quoted() : in.word(ExpressionParser::isSectionChar);
    if (name.isEmpty()) {
      throw unexpected("a section expected in " + function);
    }
    return name;
  }

  private Constant constant() {
    String name = in.peek() == '"' ? in.quoted() : in.word(ExpressionParser::isNameChar);
    return switch (name) {
      case "MAXPAGESIZE" -> Constant.MAXPAGESIZE;
      case "COMMONPAGESIZE" -> Constant.COMMONPAGESIZE;
      default -> throw error("unknown constant " + quote(name) + " referenced in expression");
    };
  }

  private Node segmentStart() {
    String segment = section("SEGMENT_START");
    expect(',');
    return new Node.SegmentStart(segment, conditional());
  }

  private Node checked() {
    Node condition = conditional();
    expect(',');
    if (in.peek() != '"') {
      throw unexpected("a message in double quotes expected in ASSERT");
    }
    return new Node.Checked(condition, in.quoted());
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
    expect(',');
    return new Node.Binary(operator, left, conditional());
  }

  private void expect(char c) {
    if (!in.accept(c)) {
      throw unexpected("'" + c + "' expected");
    }
  }

  private LinkException unexpected(String message) {
    return error(in.describe(message) + " in expression");
  }

  private long number(String word) {
    try {
      return NumberParser.number(word);
    } catch (NumberParser.Malformed e) {
      throw error(e.getMessage());
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** A section's name may have what is an operator elsewhere. */
  private static boolean isSectionChar(int c) {
    return isNameChar(c) || c == '-' || c == '+' || c == '/' || c == '*' || c == '~' || c == ':';
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
