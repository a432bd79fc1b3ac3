package io.jld.report;

import io.jld.plan.Expression;
import io.jld.plan.Node;
import io.jld.plan.Statement;

/** Expressions and statements of a script in the words of GNU ld's map. */
final class MapExpression {
  private MapExpression() {}

  /** An assignment or an assertion. */
  static String of(Statement.Formula f) {
    if (f instanceof Statement.Assert a) {
      return "ASSERT (" + of(a.expression()) + ", " + a.message() + ")";
    }
    Statement.Assign a = (Statement.Assign) f;
    String text = a.symbol() + " = " + of(a.expression());
    return a.provide() ? "PROVIDE (" + text + ")" : text;
  }

  static String of(Expression e) {
    StringBuilder s = new StringBuilder();
    add(s, e.root());
    return s.toString();
  }

  private static void add(StringBuilder s, Node node) {
    switch (node) {
      case Node.Num n -> s.append("0x").append(Long.toHexString(n.value()));
      case Node.Sym y -> s.append(y.name());
      case Node.Defined d -> s.append("DEFINED (").append(d.name()).append(')');
      case Node.OfSection o -> s.append(o.property()).append(" (").append(o.section()).append(')');
      case Node.OfLink o ->
          s.append(
              o.constant() == Expression.Constant.SIZEOF_HEADERS
                  ? "SIZEOF_HEADERS"
                  : "CONSTANT (" + o.constant() + ")");
      case Node.OfRegion r ->
          s.append(r.origin() ? "ORIGIN (" : "LENGTH (").append(r.region()).append(')');
      case Node.SegmentStart g -> {
        s.append('(');
        add(s, g.otherwise());
        s.append(" SEGMENT_START ").append(g.segment()).append(')');
      }
      case Node.Unary u -> {
        s.append(u.operator().text()).append(" (");
        add(s, u.operand());
        s.append(')');
      }
      case Node.Binary b -> {
        s.append('(');
        add(s, b.left());
        s.append(' ').append(b.operator().text()).append(' ');
        add(s, b.right());
        s.append(')');
      }
      case Node.Conditional c -> {
        add(s, c.condition());
        s.append('?');
        add(s, c.then());
        s.append(':');
        add(s, c.otherwise());
      }
      case Node.Checked c -> {
        s.append("ASSERT (");
        add(s, c.condition());
        s.append(", ").append(c.message()).append(')');
      }
    }
  }
}
