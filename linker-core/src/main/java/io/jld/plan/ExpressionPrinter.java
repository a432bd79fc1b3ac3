package io.jld.plan;

import io.jld.plan.Node.Operator;

/** Writes an expression such that it is read as the same tree. */
final class ExpressionPrinter {
  /** Binds tighter than all operators: what needs no parentheses anywhere. */
  private static final int PRIMARY = 12;

  private static final int UNARY = 11;

  private final StringBuilder out;

  private ExpressionPrinter(StringBuilder out) {
    this.out = out;
  }

  static String print(Node node) {
    StringBuilder out = new StringBuilder();
    new ExpressionPrinter(out).print(node, 0);
    return out.toString();
  }

  /** As what may stand before something else that is no part of it: in parentheses if need be. */
  static String operand(Node node) {
    StringBuilder out = new StringBuilder();
    new ExpressionPrinter(out).print(node, PRIMARY);
    return out.toString();
  }

  /**
   * @param weakest how tight it has to bind to stand without parentheses
   */
  private void print(Node node, int weakest) {
    boolean bracket = strength(node) < weakest;
    if (bracket) {
      out.append('(');
    }
    switch (node) {
      case Node.Num n -> number(n.value());
      case Node.Sym s -> out.append(symbol(s.name()));
      case Node.Defined d -> call("DEFINED", symbol(d.name()));
      case Node.OfSection o -> call(o.property().name(), name(o.section()));
      case Node.OfLink o -> {
        if (o.constant() == Expression.Constant.SIZEOF_HEADERS) {
          out.append("SIZEOF_HEADERS");
        } else {
          call("CONSTANT", o.constant().name());
        }
      }
      case Node.OfRegion o -> call(o.origin() ? "ORIGIN" : "LENGTH", name(o.region()));
      case Node.SegmentStart s -> {
        out.append("SEGMENT_START(\"").append(s.segment()).append("\", ");
        print(s.otherwise(), 0);
        out.append(')');
      }
      case Node.Unary u -> unary(u);
      case Node.Binary b -> binary(b);
      case Node.Conditional c -> {
        print(c.condition(), 1);
        out.append(" ? ");
        print(c.then(), 0);
        out.append(" : ");
        print(c.otherwise(), 0);
      }
      case Node.Checked c -> {
        out.append("ASSERT(");
        print(c.condition(), 0);
        out.append(", \"").append(c.message()).append("\")");
      }
    }
    if (bracket) {
      out.append(')');
    }
  }

  private static int strength(Node node) {
    return switch (node) {
      case Node.Conditional c -> 0;
      case Node.Binary b -> b.operator().precedence() == 0 ? PRIMARY : b.operator().precedence();
      case Node.Unary u -> u.operator().isOperator() ? UNARY : PRIMARY;
      default -> PRIMARY;
    };
  }

  private void unary(Node.Unary u) {
    out.append(u.operator().text());
    if (u.operator().isOperator()) {
      print(u.operand(), UNARY);
    } else {
      out.append('(');
      print(u.operand(), 0);
      out.append(')');
    }
  }

  private void binary(Node.Binary b) {
    Operator operator = b.operator();
    if (operator.precedence() == 0) {
      out.append(operator.text()).append('(');
      print(b.left(), 0);
      out.append(", ");
      print(b.right(), 0);
      out.append(')');
    } else {
      print(b.left(), operator.precedence());
      out.append(' ').append(operator.text()).append(' ');
      print(b.right(), operator.precedence() + 1);
    }
  }

  private void number(long value) {
    if (value >= 0 && value < 256) {
      out.append(value);
    } else {
      out.append("0x").append(Long.toHexString(value));
    }
  }

  private void call(String function, String argument) {
    out.append(function).append('(').append(argument).append(')');
  }

  /** A symbol's name, in quotes if it would be read as something else. */
  static String symbol(String name) {
    boolean plain = !name.isEmpty() && !name.equals("SIZEOF_HEADERS") && !isDigit(name.charAt(0));
    for (int i = 0; i < name.length() && plain; i++) {
      char c = name.charAt(i);
      plain = isLetter(c) || isDigit(c) || c == '_' || c == '.' || (c == '$' && i > 0);
    }
    return plain ? name : '"' + name + '"';
  }

  /** The name of a section, a region, a header or a file, in quotes if need be. */
  static String name(String name) {
    boolean plain = !name.isEmpty();
    for (int i = 0; i < name.length() && plain; i++) {
      char c = name.charAt(i);
      plain = isLetter(c) || isDigit(c) || c == '_' || c == '.' || (c == '-' && i > 0);
    }
    return plain ? name : '"' + name + '"';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }
}
