package io.jld.plan;

import io.jld.plan.Expression.Constant;
import io.jld.plan.Expression.Property;
import java.util.List;

/**
 * A node of an {@link Expression}. The tree's depth is limited by whoever makes it, so that it may
 * be walked by recursion.
 */
public sealed interface Node {
  /** What it is made of. */
  default List<Node> operands() {
    return List.of();
  }

  record Num(long value) implements Node {}

  /** A symbol, or the location counter {@code .}. */
  record Sym(String name) implements Node {}

  record Defined(String name) implements Node {}

  record OfSection(Property property, String section) implements Node {}

  record OfLink(Constant constant) implements Node {}

  /** {@code ORIGIN(region)}, or {@code LENGTH(region)}. */
  record OfRegion(boolean origin, String region) implements Node {}

  record SegmentStart(String segment, Node otherwise) implements Node {
    @Override
    public List<Node> operands() {
      return List.of(otherwise);
    }
  }

  record Unary(Function1 operator, Node operand) implements Node {
    @Override
    public List<Node> operands() {
      return List.of(operand);
    }
  }

  record Binary(Operator operator, Node left, Node right) implements Node {
    @Override
    public List<Node> operands() {
      return List.of(left, right);
    }
  }

  record Conditional(Node condition, Node then, Node otherwise) implements Node {
    @Override
    public List<Node> operands() {
      return List.of(condition, then, otherwise);
    }
  }

  /** {@code ASSERT} as a function, which gives the value that it has looked at. */
  record Checked(Node condition, String message) implements Node {
    @Override
    public List<Node> operands() {
      return List.of(condition);
    }
  }

  /** The operators and functions of one argument. */
  enum Function1 {
    NEGATE("-"),
    COMPLEMENT("~"),
    NOT("!"),
    ABSOLUTE("ABSOLUTE"),
    LOG2CEIL("LOG2CEIL"),
    /** The location counter, aligned; {@code BLOCK} is the same. */
    ALIGN("ALIGN"),
    NEXT("NEXT"),
    DATA_SEGMENT_END("DATA_SEGMENT_END"),
    /** What becomes read-only once it is relocated begins here; jld's own, as the next one. */
    RELRO_BEGIN("RELRO_BEGIN"),
    /** It ends here: the value where there is some of it, else the location counter. */
    RELRO_END("RELRO_END");

    private final String text;

    Function1(String text) {
      this.text = text;
    }

    /** As it is written. */
    public String text() {
      return text;
    }

    /** Whether the location counter has a part in the value. */
    public boolean usesCounter() {
      return this == ALIGN || this == NEXT;
    }

    /** Whether it tells the linker where a segment begins or ends. */
    public boolean marksSegment() {
      return this == DATA_SEGMENT_END || this == RELRO_BEGIN || this == RELRO_END;
    }

    /** Whether it is an operator, which stands before its operand without parentheses. */
    public boolean isOperator() {
      return text.length() == 1;
    }
  }

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
    MIN("MIN", 0),
    DATA_SEGMENT_ALIGN("DATA_SEGMENT_ALIGN", 0),
    DATA_SEGMENT_RELRO_END("DATA_SEGMENT_RELRO_END", 0);

    private final String text;
    private final int precedence;

    Operator(String text, int precedence) {
      this.text = text;
      this.precedence = precedence;
    }

    /** As it is written. */
    public String text() {
      return text;
    }

    /** From 1, the weakest, to 10; 0 for a function. */
    public int precedence() {
      return precedence;
    }
  }
}
