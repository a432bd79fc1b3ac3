package io.jld.input;

import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The linker as a file: the names that it may define or that options name, so that they are
 * interned with all others.
 */
public final class LinkerFile extends InputFile {
  private final StringTable strings;
  private final FileNames names;

  public LinkerFile(List<String> names) {
    super("<internal>", null, join(names));
    int n = names.size();
    int[] offset = new int[n];
    int[] length = new int[n];
    long[] hash = new long[n];
    int at = 0;
    for (int i = 0; i < n; i++) {
      int len = NameBytes.bytes(names.get(i)).length;
      offset[i] = at;
      length[i] = len;
      hash[i] = Names.hash(data(), at, len);
      at += len + 1;
    }
    this.names = new FileNames(offset, length, hash);
    this.strings = new StringTable(data(), 0, data().byteSize());
  }

  private static MemorySegment join(List<String> names) {
    StringBuilder s = new StringBuilder();
    names.forEach(n -> s.append(n).append('\0'));
    return MemorySegment.ofArray(NameBytes.bytes(s.toString()));
  }

  @Override
  public FileNames names() {
    return names;
  }

  @Override
  public NameWords nameWords(ReadBuffers buffers) {
    return new NameWords(names, strings);
  }
}
