package io.jld.report;

import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Archives in memory, without an index: each has one member. */
final class TestArchive {
  private TestArchive() {}

  static InputSource of(String name, String member, byte[] content) {
    return of(name, InputFlags.NONE, member, content);
  }

  static InputSource of(String name, InputFlags flags, String member, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
    String names = member + "/\n";
    add(out, "//", names.getBytes(StandardCharsets.US_ASCII));
    add(out, "/0", content);
    return new InputSource.OfMemory(name, MemorySegment.ofArray(out.toByteArray()), flags);
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
