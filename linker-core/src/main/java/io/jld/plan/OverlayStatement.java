package io.jld.plan;

import io.jld.plan.Statement.Assign;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code OVERLAY start : NOCROSSREFS AT(load) SUBALIGN(n) { .a { ... } .b { ... } } >region}:
 * output sections that share their addresses and lie one after the other where they are loaded.
 * What is not said is null.
 *
 * @param noCrossRefs whether a reference from one of the sections to another is an error
 * @param sections in their order; each has a name, a body, headers and a fill, and nothing else
 * @param symbols for each section what it provides, {@code __load_start_NAME} and {@code
 *     __load_stop_NAME}: where it is loaded, and the end of that
 * @param region for all of them, as are the following
 */
public record OverlayStatement(
    Place place,
    Expression start,
    boolean noCrossRefs,
    Expression loadAddress,
    Expression subalign,
    List<OutputSectionStatement> sections,
    List<Assign> symbols,
    String region,
    String loadRegion,
    List<String> headers,
    Fill fill)
    implements Statement {
  public OverlayStatement {
    sections = List.copyOf(sections);
    symbols = List.copyOf(symbols);
    headers = List.copyOf(headers);
  }

  /** What the sections provide, two symbols for each of them, in their order. */
  public static List<Assign> symbols(List<OutputSectionStatement> sections) {
    List<Assign> all = new ArrayList<>();
    for (OutputSectionStatement s : sections) {
      StringBuilder name = new StringBuilder();
      for (int i = 0; i < s.name().length(); i++) {
        char c = s.name().charAt(i);
        if (c == '_' || (c < 128 && Character.isLetterOrDigit(c))) {
          name.append(c);
        }
      }
      Node start = new Node.OfSection(Expression.Property.LOADADDR, s.name());
      Node size = new Node.OfSection(Expression.Property.SIZEOF, s.name());
      Node stop = new Node.Binary(Node.Operator.ADD, start, size);
      all.add(provide(s.place(), "__load_start_" + name, start));
      all.add(provide(s.place(), "__load_stop_" + name, stop));
    }
    return all;
  }

  private static Assign provide(Place place, String symbol, Node value) {
    return new Assign(place, symbol, new Expression(place, value), true, false);
  }
}
