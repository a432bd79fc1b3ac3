package io.jld.plan;

import java.util.List;

/**
 * {@code OVERLAY start : NOCROSSREFS AT(load) SUBALIGN(n) { .a { ... } .b { ... } } >region}:
 * output sections that share their addresses and lie one after the other where they are loaded.
 * What is not said is null.
 *
 * @param noCrossRefs whether a reference from one of the sections to another is an error
 * @param sections in their order; each has a name, a body, headers and a fill, and nothing else
 * @param region for all of them, as are the following
 */
public record OverlayStatement(
    Place place,
    Expression start,
    boolean noCrossRefs,
    Expression loadAddress,
    Expression subalign,
    List<OutputSectionStatement> sections,
    String region,
    String loadRegion,
    List<String> headers,
    Fill fill)
    implements Statement {
  public OverlayStatement {
    sections = List.copyOf(sections);
    headers = List.copyOf(headers);
  }
}
