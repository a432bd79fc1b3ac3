package io.jld.asmb;

import java.util.List;

/**
 * One of the output's five segments: Segtext, Segrodata, Segrelrodata, Segdata, Segdwarf.
 *
 * @param name for messages
 * @param sections in address order
 * @since 0.1
 */
public record Segment(String name, List<Section> sections) {
  public Segment {
    sections = List.copyOf(sections);
  }
}
