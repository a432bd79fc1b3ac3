package io.jld.plan;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.plan.Node.Operator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Finds the {@link Value} of an expression by GNU ld's rules ("The Section of an Expression" in its
 * manual):
 *
 * <ul>
 *   <li>A number in an output section's braces is a plain number; elsewhere it is an absolute
 *       value, unless {@code SANE_EXPR} makes it a plain number there, too. An absolute symbol is a
 *       plain number in an output section's braces or with {@code SANE_EXPR}.
 *   <li>{@code .}, {@code ALIGN(n)} and {@code ORIGIN} count from the section in which they stand.
 *   <li>An operator on a plain number and something else works on the two numbers, whatever the
 *       other one counts from, and the result counts from the same. Where both count from different
 *       sections, both become absolute first.
 *   <li>Of two operands that count from the same, arithmetic gives a plain number (an absolute one
 *       outside of output sections), a comparison and a logical operator always; {@code MAX},
 *       {@code MIN} and {@code ALIGN(value, n)} keep the section. {@code LOG2CEIL} gives a plain
 *       number, too; other operators on one operand keep its section.
 *   <li>An absolute result in which {@code .} or its like has a part, and which nothing has made
 *       absolute on the way, counts from the section in which the statement stands after all, or
 *       outside of them from {@link ValueScope#counterSection}.
 * </ul>
 *
 * <p>Other than in GNU ld, what the left operand of {@code &&} or {@code ||} decides does not need
 * the right one to be known.
 */
final class Evaluator {
  private final Place place;
  private final ValueScope scope;

  /** Whether the location counter or its like has a part in the value. */
  private boolean fromCounter;

  Evaluator(Place place, ValueScope scope) {
    this.place = place;
    this.scope = scope;
  }

  /** Null where something is not known yet. */
  Value evaluate(Node root) {
    Value v = value(root);
    if (v == null || !fromCounter || !v.in(scope.section()).isAbsolute()) {
      return v;
    }
    SectionRef section = isOutside() && scope.isLast() ? scope.counterSection() : scope.section();
    return new Value(section, v.number() - section.address());
  }

  /** No switch over types, because that costs a cold start (docs/performance.md). */
  private Value value(Node node) {
    if (node instanceof Node.Sym s) {
      return symbol(s.name());
    }
    if (node instanceof Node.Num n) {
      return number(n.value());
    }
    if (node instanceof Node.Binary b) {
      return folded(b, binary(b));
    }
    if (node instanceof Node.Unary u) {
      return folded(u, unary(u));
    }
    if (node instanceof Node.OfLink o) {
      return Value.ofNumber(scope.constant(o.constant()));
    }
    if (node instanceof Node.SegmentStart s) {
      return segmentStart(s);
    }
    if (node instanceof Node.OfSection o) {
      return section(o);
    }
    if (node instanceof Node.OfRegion o) {
      return region(o);
    }
    if (node instanceof Node.Defined d) {
      return Value.ofNumber(scope.isDefined(d.name()) ? 1 : 0);
    }
    return node instanceof Node.Conditional c ? conditional(c) : checked((Node.Checked) node);
  }

  private Value conditional(Node.Conditional c) {
    scope.condition(true);
    Value condition = value(c.condition());
    scope.condition(false);
    return condition == null ? null : value(condition.number() != 0 ? c.then() : c.otherwise());
  }

  private Value checked(Node.Checked c) {
    Value v = value(c.condition());
    if (v != null && v.number() == 0 && scope.isLast()) {
      throw place.error(DiagnosticCode.SCRIPT_ASSERTION, c.message());
    }
    return v;
  }

  /** A plain number that consists of numbers alone is what a number is here. */
  private Value folded(Node node, Value v) {
    return v != null && v.isNumber() && isOutside() && isConstant(node) ? number(v.number()) : v;
  }

  private static boolean isConstant(Node node) {
    boolean may =
        node instanceof Node.Num
            || node instanceof Node.Conditional
            || (node instanceof Node.Unary u
                && u.operator() != Node.Function1.ABSOLUTE
                && !u.operator().marksSegment()
                && !u.operator().usesCounter())
            || (node instanceof Node.Binary b
                && (b.operator().precedence() > 0
                    || b.operator() == Operator.MAX
                    || b.operator() == Operator.MIN));
    for (Node operand : may ? node.operands() : List.<Node>of()) {
      may &= isConstant(operand);
    }
    return may;
  }

  private boolean isOutside() {
    return scope.section() == SectionRef.ABSOLUTE;
  }

  private Value number(long number) {
    return isOutside() && !scope.isSane() ? Value.ofAddress(number) : Value.ofNumber(number);
  }

  /** An address, which counts from the section in which the statement stands. */
  private Value here(long address) {
    fromCounter = true;
    return new Value(scope.section(), address - scope.section().address());
  }

  private Value symbol(String name) {
    if (name.equals(".")) {
      return here(scope.counter());
    }
    Value v = scope.symbol(name);
    if (v == null) {
      return unknown("undefined symbol '" + name + "' referenced in expression");
    }
    boolean plain = !isOutside() || scope.isSane();
    return v.isAbsolute() && plain ? Value.ofNumber(v.number()) : v;
  }

  private Value section(Node.OfSection o) {
    Value v = scope.section(o.property(), o.section());
    if (v != null) {
      return v;
    }
    return unknown("undefined section '" + o.section() + "' referenced in expression");
  }

  private Value region(Node.OfRegion o) {
    OptionalLong v = scope.region(o.origin(), o.region());
    if (v.isEmpty()) {
      throw error(Expression.noRegion(o.region()));
    }
    return o.origin() ? here(v.getAsLong()) : Value.ofNumber(v.getAsLong());
  }

  private Value segmentStart(Node.SegmentStart s) {
    OptionalLong start = scope.segmentStart(s.segment());
    if (start.isPresent()) {
      return here(start.getAsLong());
    }
    Value otherwise = value(s.otherwise());
    return otherwise == null ? null : here(otherwise.number());
  }

  private Value unary(Node.Unary u) {
    Value v = value(u.operand());
    if (v == null) {
      return null;
    }
    long n = v.number();
    return switch (u.operator()) {
      case NEGATE -> new Value(v.section(), -n);
      case COMPLEMENT -> new Value(v.section(), ~n);
      case NOT -> new Value(v.section(), n == 0 ? 1 : 0);
      case ABSOLUTE -> absolute(v);
      case LOG2CEIL -> Value.ofNumber(Arithmetic.log2Ceil(n));
      case ALIGN -> here(Arithmetic.align(scope.counter(), n));
      case NEXT -> Value.ofAddress(Arithmetic.align(scope.counter(), absolute(v).number()));
      case DATA_SEGMENT_END -> {
        checkOutside(u.operator().text());
        yield dataSegment(u.operator().text(), v.section(), scope.dataSegmentEnd(n));
      }
      case RELRO_BEGIN -> {
        checkOutside(u.operator().text());
        yield new Value(v.section(), scope.relroBegin(n));
      }
      case RELRO_END -> {
        checkOutside(u.operator().text());
        yield new Value(v.section(), scope.relroEnd(n));
      }
    };
  }

  private Value absolute(Value v) {
    fromCounter = false;
    return v.toAbsolute();
  }

  private void checkOutside(String function) {
    if (!isOutside()) {
      throw error(function + " may only stand outside of output sections");
    }
  }

  private Value dataSegment(String function, SectionRef section, OptionalLong value) {
    return value.isEmpty()
        ? unknown(function + " does not belong here")
        : new Value(section, value.getAsLong());
  }

  private Value binary(Node.Binary b) {
    Value left = value(b.left());
    if (left == null) {
      return null;
    }
    Operator operator = b.operator();
    boolean decided = Arithmetic.isDecided(operator, left.number());
    Value right = decided ? ifKnown(b.right()) : value(b.right());
    if (right == null) {
      return decided ? Value.ofNumber(Arithmetic.bit(left.number() != 0)) : null;
    }
    SectionRef section = left.section();
    boolean same = section == right.section();
    if (!same && section != null && right.section() != null) {
      left = absolute(left);
      right = absolute(right);
      section = SectionRef.ABSOLUTE;
      same = true;
    } else if (section == null) {
      section = right.section();
    }
    return apply(operator, left.number(), right.number(), section, same);
  }

  /** What the value does not depend on, and may be unknown, but what it counts from. */
  private Value ifKnown(Node node) {
    try {
      return value(node);
    } catch (LinkException e) {
      return null;
    }
  }

  /**
   * @param section what the result counts from if the operator keeps it
   * @param same whether both operands counted from it
   */
  private Value apply(Operator operator, long left, long right, SectionRef section, boolean same) {
    if (Arithmetic.isZeroDivision(operator, right)) {
      return unknown("division by zero in expression");
    }
    return switch (operator) {
      case DATA_SEGMENT_ALIGN -> {
        checkOutside(operator.text());
        yield dataSegment(operator.text(), section, scope.dataSegmentAlign(left, right));
      }
      case DATA_SEGMENT_RELRO_END -> {
        checkOutside(operator.text());
        yield dataSegment(operator.text(), section, scope.dataSegmentRelroEnd(left, right));
      }
      case ALIGN, MAX, MIN -> new Value(section, Arithmetic.apply(operator, left, right));
      case LOGICAL_AND,
          LOGICAL_OR,
          EQUAL,
          NOT_EQUAL,
          LESS,
          GREATER,
          LESS_OR_EQUAL,
          GREATER_OR_EQUAL ->
          Value.ofNumber(Arithmetic.apply(operator, left, right));
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, SHIFT_LEFT, SHIFT_RIGHT, AND, OR, XOR -> {
        long result = Arithmetic.apply(operator, left, right);
        yield same ? number(result) : new Value(section, result);
      }
    };
  }

  /** What may be known in a later round. */
  private Value unknown(String message) {
    if (scope.isLast()) {
      throw error(message);
    }
    return null;
  }

  private LinkException error(String message) {
    return place.error(DiagnosticCode.SCRIPT_EXPRESSION, message);
  }
}
