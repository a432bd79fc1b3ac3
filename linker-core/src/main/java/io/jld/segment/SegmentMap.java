package io.jld.segment;

import io.jld.link.Diagnostic;
import io.jld.model.OutputSection;
import java.util.ArrayList;
import java.util.List;

/**
 * The segments of a layout, and the places of its sections in the file. Sections have their
 * addresses, load addresses and sizes; here they get offsets, and those that are not loaded their
 * place.
 *
 * <p>How many headers there are depends on addresses, and with {@code SIZEOF_HEADERS} addresses
 * depend on their number: addresses are given and maps are made by turns, beginning with {@link
 * #estimate}, until the map's {@link #room} is what they were made for. After some rounds, room
 * that is too large is kept, so that there is an end: within a map, and by the caller's word from
 * one map to the next.
 */
public final class SegmentMap {
  private static final int ROUNDS = 10;

  private final List<ProgramHeaders.Header> headers;
  private final int room;
  private final List<Diagnostic> messages;
  private final long size;

  private SegmentMap(
      List<ProgramHeaders.Header> headers, int room, List<Diagnostic> messages, long size) {
    this.headers = List.copyOf(headers);
    this.room = room;
    this.messages = List.copyOf(messages);
    this.size = size;
  }

  /**
   * The number of program headers, as far as it can be told before there are addresses.
   *
   * @param sections with their types, flags and sizes, in the order of the file
   */
  public static int estimate(List<OutputSection> sections, SegmentRules rules) {
    return rules.headers() != null
        ? rules.headers().size()
        : DefaultSegments.estimate(sections, rules);
  }

  /**
   * Makes the map: sets {@link OutputSection#offset} of all sections, {@link OutputSection#addr} of
   * those without {@code SHF_ALLOC}, and {@link OutputSection#loadAddr} where what is said of it
   * cannot be.
   *
   * @param sections in the order of the file
   * @param room the number of program headers that addresses were made for
   * @param shrinks whether the map may have less room than that, if it needs less
   * @throws io.jld.link.LinkException where no map can be made
   */
  public static SegmentMap make(
      List<OutputSection> sections, SegmentRules rules, int room, boolean shrinks) {
    List<Diagnostic> messages = new ArrayList<>();
    List<MappedSegment> segments;
    int n = room;
    if (rules.headers() != null) {
      segments = ScriptSegments.map(sections, rules.headers(), messages);
      n = segments.size();
    } else {
      // Whether the headers are loaded with the first section depends on their number; after some
      // rounds the room for them only grows, so that there is an end.
      segments = DefaultSegments.map(sections, rules, n);
      for (int i = 0; shrinks && i < ROUNDS ? segments.size() != n : segments.size() > n; i++) {
        n = segments.size();
        segments = DefaultSegments.map(sections, rules, n);
      }
    }
    long size = FileOffsets.assign(sections, rules, n, segments, messages);
    List<ProgramHeaders.Header> headers = new ArrayList<>();
    for (MappedSegment m : segments) {
      headers.add(m.header());
    }
    return new SegmentMap(headers, n, messages, size);
  }

  /** In the order of the file's table. */
  public List<ProgramHeaders.Header> headers() {
    return headers;
  }

  /**
   * The number of program headers that the file has room for, which {@code SIZEOF_HEADERS} has to
   * say: not less than there are.
   */
  public int room() {
    return room;
  }

  /** What is to be reported once this is the last map: errors and warnings. */
  public List<Diagnostic> messages() {
    return messages;
  }

  /** The offset after the last section in bytes: the file's tables follow. */
  public long size() {
    return size;
  }
}
