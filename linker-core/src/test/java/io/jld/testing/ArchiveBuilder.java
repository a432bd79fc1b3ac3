package io.jld.testing;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds System V archives in memory, with or without a symbol index. */
public final class ArchiveBuilder {
  private record Member(String name, byte[] content, List<String> symbols) {}

  /** Bytes of a word of the index; 0: there is none. */
  private final int word;

  private final List<Member> members = new ArrayList<>();
  private long shift;

  private ArchiveBuilder(int word) {
    this.word = word;
  }

  public static ArchiveBuilder plain() {
    return new ArchiveBuilder(0);
  }

  /** An index in the member {@code /}. */
  public static ArchiveBuilder indexed() {
    return new ArchiveBuilder(4);
  }

  /** An index in the member {@code /SYM64/}. */
  public static ArchiveBuilder wideIndex() {
    return new ArchiveBuilder(8);
  }

  /** Adds a member; {@code symbols} is what the index says of it. */
  public ArchiveBuilder member(String name, ObjectBuilder object, String... symbols) {
    members.add(new Member(name, object.build(), List.of(symbols)));
    return this;
  }

  /** Makes the index wrong by so many bytes. */
  public ArchiveBuilder shiftIndex(long by) {
    shift = by;
    return this;
  }

  public byte[] build() {
    int entries = members.stream().mapToInt(m -> m.symbols.size()).sum();
    int names =
        members.stream().flatMap(m -> m.symbols.stream()).mapToInt(s -> s.length() + 1).sum();
    int size = word == 0 ? 0 : word * (entries + 1) + names;
    long at = 8 + (word == 0 ? 0 : 60 + size + (size & 1));
    ByteBuffer index = ByteBuffer.allocate(size); // highest byte first
    put(index, entries);
    List<byte[]> strings = new ArrayList<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Member m : members) {
      for (String s : m.symbols) {
        put(index, at + shift);
        strings.add((s + "\0").getBytes(StandardCharsets.US_ASCII));
      }
      add(body, m.name + "/", m.content);
      at += 60 + m.content.length + (m.content.length & 1);
    }
    if (word != 0) {
      strings.forEach(index::put);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
    if (word != 0) {
      add(out, word == 4 ? "/" : "/SYM64/", index.array());
    }
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }

  public MemorySegment segment() {
    return MemorySegment.ofArray(build());
  }

  private void put(ByteBuffer index, long value) {
    if (word == 4) {
      index.putInt((int) value);
    } else if (word == 8) {
      index.putLong(value);
    }
  }

  private static void add(ByteArrayOutputStream out, String name, byte[] content) {
    String header =
        "%-16s%-12d%-6d%-6d%-8s%-10d`\n".formatted(name, 0, 0, 0, "644", content.length);
    out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(content);
    if (content.length % 2 != 0) {
      out.write('\n');
    }
  }
}
