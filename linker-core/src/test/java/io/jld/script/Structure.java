package io.jld.script;

import io.jld.plan.Expression;
import io.jld.plan.Place;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Plans as text that tells all of them but places and how expressions were written. */
final class Structure {
  private Structure() {}

  static String of(Object o) {
    StringBuilder out = new StringBuilder();
    append(out, o);
    return out.toString();
  }

  private static void append(StringBuilder out, Object o) {
    switch (o) {
      case null -> out.append('-');
      case Place p -> out.append('@');
      case Expression e -> append(out, e.root());
      case String s -> out.append('"').append(s).append('"');
      case Set<?> set -> out.append(new TreeSet<>(set));
      case Collection<?> all -> {
        out.append('[');
        for (Object element : all) {
          append(out, element);
          out.append('\n');
        }
        out.append(']');
      }
      case Record r -> {
        out.append(r.getClass().getSimpleName()).append('(');
        for (RecordComponent c : r.getClass().getRecordComponents()) {
          try {
            append(out, c.getAccessor().invoke(r));
          } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
          }
          out.append(' ');
        }
        out.append(')');
      }
      default -> out.append(o);
    }
  }
}
