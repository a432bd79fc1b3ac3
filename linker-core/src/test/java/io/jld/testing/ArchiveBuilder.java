package io.jld.testing;

import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds archives in memory as GNU ar writes them: the symbol index first, then the table of long
 * names, which has all names, then the members.
 */
public final class ArchiveBuilder {
  /** Where the content of the index begins. */
  public static final int INDEX_AT = 8 + 60;

  private record Member(String name, byte[] content, String[] defines) {}

  private final List<Member> members = new ArrayList<>();

  /**
   * Adds a member.
   *
   * @param defines the names that the index has of it
   */
  public ArchiveBuilder member(String name, byte[] content, String... defines) {
    members.add(new Member(name, content, defines));
    return this;
  }

  public ArchiveBuilder member(String name, ObjectBuilder content, String... defines) {
    return member(name, content.build(), defines);
  }

  public InputSource source(String name, int word) {
    return source(name, InputFlags.NONE, word);
  }

  public InputSource source(String name, InputFlags flags, int word) {
    return new InputSource.OfMemory(name, MemorySegment.ofArray(build(word)), flags);
  }

  /**
   * @param word bytes of the index's words: 4 or 8; 0 for an archive without one
   */
  public byte[] build(int word) {
    return build(word, false);
  }

  /** A thin archive: its members' names are paths, and their content is not in it. */
  public byte[] thin(int word) {
    return build(word, true);
  }

  private byte[] build(int word, boolean thin) {
    StringBuilder longNames = new StringBuilder();
    List<Integer> nameAt = new ArrayList<>();
    for (Member m : members) {
      nameAt.add(longNames.length());
      longNames.append(m.name()).append("/\n");
    }
    byte[] names = longNames.toString().getBytes(StandardCharsets.UTF_8);
    long first = 8 + (word == 0 ? 0 : 60 + even(index(word, new long[members.size()]).length));
    first += 60 + even(names.length);
    long[] at = new long[members.size()];
    for (int i = 0; i < at.length; i++) {
      at[i] = first;
      first += 60 + (thin ? 0 : even(members.get(i).content().length));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text(out, thin ? "!<thin>\n" : "!<arch>\n");
    if (word != 0) {
      byte[] index = index(word, at);
      header(out, word == 4 ? "/" : "/SYM64/", index.length);
      content(out, index);
    }
    header(out, "//", names.length);
    content(out, names);
    for (int i = 0; i < at.length; i++) {
      byte[] content = members.get(i).content();
      header(out, "/" + nameAt.get(i), content.length);
      if (!thin) {
        content(out, content);
      }
    }
    return out.toByteArray();
  }

  private byte[] index(int word, long[] at) {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    List<Long> words = new ArrayList<>();
    for (int i = 0; i < at.length; i++) {
      for (String name : members.get(i).defines()) {
        words.add(at[i]);
        text(names, name + "\0");
      }
    }
    words.add(0, (long) words.size());
    ByteBuffer all = ByteBuffer.allocate(word * words.size() + names.size());
    for (long w : words) {
      put(all, word, w);
    }
    return all.put(names.toByteArray()).array();
  }

  private static void put(ByteBuffer to, int word, long value) {
    if (word == 4) {
      to.putInt((int) value);
    } else {
      to.putLong(value);
    }
  }

  /** Overwrites word {@code i} of an archive's index; word 0 is the number of names. */
  public static byte[] patch(byte[] archive, int word, int i, long value) {
    put(ByteBuffer.wrap(archive).position(INDEX_AT + word * i), word, value);
    return archive;
  }

  /** Word {@code i} of an archive's index. */
  public static long word(byte[] archive, int word, int i) {
    ByteBuffer at = ByteBuffer.wrap(archive).position(INDEX_AT + word * i);
    return word == 4 ? at.getInt() : at.getLong();
  }

  private static void header(ByteArrayOutputStream out, String name, int size) {
    text(out, "%-16s%-12d%-6d%-6d%-8s%-10d`\n".formatted(name, 0, 0, 0, "644", size));
  }

  private static void content(ByteArrayOutputStream out, byte[] content) {
    out.writeBytes(content);
    if (content.length % 2 != 0) {
      out.write('\n');
    }
  }

  private static int even(int n) {
    return n + (n & 1);
  }

  private static void text(ByteArrayOutputStream out, String s) {
    out.writeBytes(s.getBytes(StandardCharsets.UTF_8));
  }
}
