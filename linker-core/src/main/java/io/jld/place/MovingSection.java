package io.jld.place;

import io.jld.plan.Expression;
import io.jld.plan.Node;
import io.jld.plan.SectionRef;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Finds the section that a value moves with. {@code f + 4} grows by as much as the address of f's
 * section does, {@code g - f} of two in one section does not grow; {@code f + g} has no place in a
 * relocatable output, in which nothing has an address yet.
 */
final class MovingSection {
  /** How often each section's address is in a value. */
  private static final Map<SectionRef, Integer> NONE = Map.of();

  private final Function<String, SectionRef> symbols;
  private final Function<String, SectionRef> sections;
  private final Predicate<Node> conditions;
  private final boolean keepsAbsolute;

  /**
   * @param symbols gives a symbol's section; null where its value does not move
   * @param sections gives the output section of a name; null where there is none
   * @param conditions whether a condition holds
   * @param keepsAbsolute whether {@code ABSOLUTE} takes a value from its section
   */
  MovingSection(
      Function<String, SectionRef> symbols,
      Function<String, SectionRef> sections,
      Predicate<Node> conditions,
      boolean keepsAbsolute) {
    this.symbols = symbols;
    this.sections = sections;
    this.conditions = conditions;
    this.keepsAbsolute = keepsAbsolute;
  }

  /**
   * The section; {@link SectionRef#ABSOLUTE} where the value moves with none, and null where it is
   * relative to more than a section.
   */
  SectionRef of(Expression e) {
    Map<SectionRef, Integer> found = of(e.root());
    if (found == null || found.size() > 1) {
      return null;
    }
    for (Map.Entry<SectionRef, Integer> one : found.entrySet()) {
      return one.getValue() == 1 ? one.getKey() : null;
    }
    return SectionRef.ABSOLUTE;
  }

  private Map<SectionRef, Integer> of(Node node) {
    if (node instanceof Node.Sym s) {
      return once(symbols.apply(s.name()));
    }
    if (node instanceof Node.OfSection o) {
      boolean moves =
          o.property() == Expression.Property.ADDR || o.property() == Expression.Property.LOADADDR;
      return moves ? once(sections.apply(o.section())) : NONE;
    }
    if (node instanceof Node.Binary b) {
      return binary(b.operator(), of(b.left()), of(b.right()));
    }
    if (node instanceof Node.Unary u) {
      return unary(u.operator(), of(u.operand()));
    }
    if (node instanceof Node.Conditional c) {
      return of(conditions.test(c.condition()) ? c.then() : c.otherwise());
    }
    return node.operands().isEmpty() ? NONE : of(node.operands().getFirst());
  }

  private static Map<SectionRef, Integer> once(SectionRef section) {
    return section == null || section == SectionRef.ABSOLUTE ? NONE : Map.of(section, 1);
  }

  private Map<SectionRef, Integer> unary(Node.Function1 operator, Map<SectionRef, Integer> of) {
    return switch (operator) {
      case NEGATE -> of == null ? null : sum(NONE, of, -1);
      case ABSOLUTE -> keepsAbsolute ? NONE : of;
      case NOT -> NONE;
      default -> of != null && of.isEmpty() ? NONE : null;
    };
  }

  private static Map<SectionRef, Integer> binary(
      Node.Operator operator, Map<SectionRef, Integer> a, Map<SectionRef, Integer> b) {
    if (a == null || b == null) {
      return null;
    }
    return switch (operator) {
      case ADD -> sum(a, b, 1);
      case SUBTRACT -> sum(a, b, -1);
      case EQUAL, NOT_EQUAL, LESS, GREATER, LESS_OR_EQUAL, GREATER_OR_EQUAL -> NONE;
      case LOGICAL_AND, LOGICAL_OR -> NONE;
      case AND, OR, ALIGN -> b.isEmpty() ? a : null;
      case MAX, MIN -> a.equals(b) ? a : null;
      default -> a.isEmpty() && b.isEmpty() ? NONE : null;
    };
  }

  private static Map<SectionRef, Integer> sum(
      Map<SectionRef, Integer> a, Map<SectionRef, Integer> b, int sign) {
    if (b.isEmpty()) {
      return a;
    }
    Map<SectionRef, Integer> all = new HashMap<>(a);
    b.forEach((s, n) -> all.merge(s, sign * n, Integer::sum));
    all.values().removeIf(n -> n == 0);
    return all;
  }
}
