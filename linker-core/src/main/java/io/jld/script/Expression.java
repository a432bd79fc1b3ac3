package io.jld.script;

import io.jld.link.LinkException;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * An expression as {@code --defsym} has it: 64-bit arithmetic on numbers and symbols' addresses,
 * with C's operators and their precedence. As in GNU ld, {@code /} and {@code %} are signed, all
 * comparisons, {@code >>}, {@code MAX} and {@code MIN} are unsigned, and a shift counts by its
 * lowest six bits.
 *
 * <p>Numbers are decimal, {@code 0x} or {@code $} hexadecimal, {@code 0} octal; or have their base
 * behind them ({@code 0ffh}, {@code 17o}, {@code 101b}). {@code K} and {@code M} behind a number
 * stand for 1024 and 1024 * 1024. The functions are {@code ABSOLUTE}, {@code ALIGN(value,
 * alignment)}, {@code DEFINED(symbol)}, {@code MAX} and {@code MIN}.
 */
public final class Expression {
  private final String option;
  private final Node root;

  private Expression(String option, Node root) {
    this.option = option;
    this.root = root;
  }

  /**
   * Parses an expression.
   *
   * @param option what the expression belongs to, for messages: {@code --defsym=end}
   * @throws LinkException where it is malformed
   */
  public static Expression parse(String option, String text) {
    return new Expression(option, new ExpressionParser(option, text).parse());
  }

  /**
   * The value.
   *
   * @param addresses a symbol's address, empty where the symbol is not defined
   * @throws LinkException for an undefined symbol and a division by zero
   */
  public long evaluate(Function<String, OptionalLong> addresses) {
    return value(root, addresses);
  }

  /**
   * The symbols whose addresses the value may depend on, those that only {@code DEFINED} asks for
   * left out.
   */
  public Set<String> symbols() {
    Set<String> names = new LinkedHashSet<>();
    collect(root, names);
    return names;
  }

  /**
   * The symbol that the value moves with when the output is loaded at another address: {@code a}
   * for {@code a + 8}, and none for {@code 8}, {@code b - a}, {@code a * 2} or {@code ABSOLUTE(a)}.
   * A symbol that is defined by the expression belongs into this one's section. Null where there is
   * none.
   */
  public String relativeTo() {
    return relativeTo(root);
  }

  /** The symbol that the expression consists of; null where it is more or less than one. */
  public String symbol() {
    return root instanceof Sym s ? s.name : null;
  }

  /** The tree; its depth is limited by the parser, so that it may be walked by recursion. */
  sealed interface Node {}

  record Num(long value) implements Node {}

  record Sym(String name) implements Node {}

  record Defined(String name) implements Node {}

  record Unary(char operator, Node operand) implements Node {}

  record Binary(Operator operator, Node left, Node right) implements Node {}

  record Conditional(Node condition, Node then, Node otherwise) implements Node {}

  record Absolute(Node operand) implements Node {}

  /**
   * The binary operators, longer ones before those that they start with; and the functions of two
   * arguments.
   */
  enum Operator {
    LOGICAL_OR("||", 1),
    LOGICAL_AND("&&", 2),
    SHIFT_LEFT("<<", 8),
    SHIFT_RIGHT(">>", 8),
    EQUAL("==", 6),
    NOT_EQUAL("!=", 6),
    LESS_OR_EQUAL("<=", 7),
    GREATER_OR_EQUAL(">=", 7),
    OR("|", 3),
    XOR("^", 4),
    AND("&", 5),
    LESS("<", 7),
    GREATER(">", 7),
    ADD("+", 9),
    SUBTRACT("-", 9),
    MULTIPLY("*", 10),
    DIVIDE("/", 10),
    REMAINDER("%", 10),
    ALIGN("ALIGN", 0),
    MAX("MAX", 0),
    MIN("MIN", 0);

    final String text;

    /** From 1, the weakest, to 10; 0 for a function. */
    final int precedence;

    Operator(String text, int precedence) {
      this.text = text;
      this.precedence = precedence;
    }
  }

  private long value(Node node, Function<String, OptionalLong> addresses) {
    return switch (node) {
      case Num n -> n.value;
      case Sym s ->
          addresses
              .apply(s.name)
              .orElseThrow(
                  () -> error("undefined symbol '" + s.name + "' referenced in expression"));
      case Defined d -> addresses.apply(d.name).isPresent() ? 1 : 0;
      case Absolute a -> value(a.operand, addresses);
      case Conditional c ->
          value(value(c.condition, addresses) != 0 ? c.then : c.otherwise, addresses);
      case Unary u -> {
        long v = value(u.operand, addresses);
        yield switch (u.operator) {
          case '-' -> -v;
          case '~' -> ~v;
          default -> v == 0 ? 1 : 0;
        };
      }
      case Binary b -> {
        long left = value(b.left, addresses);
        if (b.operator == Operator.LOGICAL_AND && left == 0) {
          yield 0;
        }
        if (b.operator == Operator.LOGICAL_OR && left != 0) {
          yield 1;
        }
        yield apply(b.operator, left, value(b.right, addresses));
      }
    };
  }

  private long apply(Operator operator, long left, long right) {
    return switch (operator) {
      case LOGICAL_OR, LOGICAL_AND -> bit(right != 0); // the left operand has not decided it
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
      case DIVIDE -> left / divisor(right);
      case REMAINDER -> left % divisor(right);
      case ALIGN -> align(left, right);
      case MAX -> Long.compareUnsigned(left, right) >= 0 ? left : right;
      case MIN -> Long.compareUnsigned(left, right) <= 0 ? left : right;
    };
  }

  private static long bit(boolean b) {
    return b ? 1 : 0;
  }

  private long divisor(long v) {
    if (v == 0) {
      throw error("division by zero in expression");
    }
    return v;
  }

  /** The next multiple of {@code alignment}, which may be any number; 0 and 1 align nothing. */
  private static long align(long value, long alignment) {
    if (alignment == 0) {
      return value;
    }
    long over = Long.remainderUnsigned(value, alignment);
    return over == 0 ? value : value - over + alignment;
  }

  private LinkException error(String message) {
    return ExpressionParser.error(option, message);
  }

  private static void collect(Node node, Set<String> names) {
    switch (node) {
      case Num n -> {}
      case Defined d -> {}
      case Sym s -> names.add(s.name);
      case Absolute a -> collect(a.operand, names);
      case Unary u -> collect(u.operand, names);
      case Binary b -> {
        collect(b.left, names);
        collect(b.right, names);
      }
      case Conditional c -> {
        collect(c.condition, names);
        collect(c.then, names);
        collect(c.otherwise, names);
      }
    }
  }

  private static String relativeTo(Node node) {
    return switch (node) {
      case Sym s -> s.name;
      case Conditional c -> first(relativeTo(c.then), relativeTo(c.otherwise));
      case Binary b ->
          switch (b.operator) {
            case ADD, AND, OR -> {
              String left = relativeTo(b.left);
              String right = relativeTo(b.right);
              yield left != null && right != null ? null : first(left, right);
            }
            case SUBTRACT -> relativeTo(b.right) != null ? null : relativeTo(b.left);
            case ALIGN -> relativeTo(b.left);
            case MAX, MIN -> first(relativeTo(b.left), relativeTo(b.right));
            default -> null;
          };
      case Num n -> null;
      case Defined d -> null;
      case Unary u -> null;
      case Absolute a -> null;
    };
  }

  private static String first(String a, String b) {
    return a != null ? a : b;
  }
}
