package io.jld.input;

import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The linker as a file: the names that it may define or that options name, so that they are
 * interned with all others.
 */
public final class LinkerFile extends InputFile {
  public LinkerFile(List<String> names) {
    super("<internal>", null, join(names));
    int n = names.size();
    nameOff = new int[n];
    nameLen = new int[n];
    nameHash = new long[n];
    int at = 0;
    for (int i = 0; i < n; i++) {
      int len = NameBytes.bytes(names.get(i)).length;
      nameOff[i] = at;
      nameLen[i] = len;
      nameHash[i] = Names.hash(data(), at, len);
      at += len + 1;
    }
    setNameTables(new StringTable(data(), 0, data().byteSize()), 0, null, 0);
  }

  private static MemorySegment join(List<String> names) {
    StringBuilder s = new StringBuilder();
    names.forEach(n -> s.append(n).append('\0'));
    return MemorySegment.ofArray(NameBytes.bytes(s.toString()));
  }

  /** The names' hashes. */
  public long[] hashes() {
    return nameHash.clone();
  }
}
