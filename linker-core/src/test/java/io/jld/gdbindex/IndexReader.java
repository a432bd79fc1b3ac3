package io.jld.gdbindex;

import io.jld.elf.ElfClass;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads an index as a debugger does: by the GDB manual, "Index Section Format". */
final class IndexReader {
  private static final String[] KINDS = {"none", "type", "variable", "function", "other"};

  private final MemorySegment s;

  IndexReader(MemorySegment section) {
    s = section;
  }

  private long word(long at) {
    return ElfClass.u32(s, at);
  }

  long version() {
    return word(0);
  }

  /** Rows of a part, by its number in the header. */
  private List<String> rows(int part, int size, int... fields) {
    List<String> all = new ArrayList<>();
    for (long at = word(4L * part); at < word(4L * part + 4); at += size) {
      StringBuilder row = new StringBuilder();
      long field = at;
      for (int f : fields) {
        long v = f == 8 ? ElfClass.u64(s, field) : word(field);
        row.append(row.isEmpty() ? "" : " ").append(Long.toHexString(v));
        field += f;
      }
      all.add(row.toString());
    }
    return all;
  }

  List<String> units() {
    return rows(1, 16, 8, 8);
  }

  List<String> types() {
    return rows(2, 24, 8, 8, 8);
  }

  List<String> areas() {
    return rows(3, 20, 8, 8, 4);
  }

  private String name(long at) {
    int n = 0;
    while (ElfClass.u8(s, at + n) != 0) {
      n++;
    }
    byte[] name = new byte[n];
    MemorySegment.copy(s, at, MemorySegment.ofArray(name), 0, n);
    return new String(name, StandardCharsets.UTF_8);
  }

  /** Looks a name up by its hash: {@code 0 static type, 1 function}; null where it is not there. */
  String find(String name) {
    int hash = 0;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = hash * 67 + Character.toLowerCase(b & 0xff) - 113;
    }
    int slots = (int) (word(20) - word(16)) / 8;
    for (int slot = hash & slots - 1, step = hash * 17 & slots - 1 | 1; ; ) {
      long at = word(16) + 8L * slot;
      if (word(at) == 0 && word(at + 4) == 0) {
        return null;
      }
      if (name(word(20) + word(at)).equals(name)) {
        return vector(word(20) + word(at + 4));
      }
      slot = slot + step & slots - 1;
    }
  }

  private String vector(long at) {
    List<String> all = new ArrayList<>();
    for (int i = 1; i <= word(at); i++) {
      int e = (int) word(at + 4L * i);
      all.add((e & 0xffffff) + (e < 0 ? " static " : " ") + KINDS[e >>> 28 & 7]);
    }
    return String.join(", ", all);
  }

  /** All names. */
  Map<String, String> names() {
    Map<String, String> all = new TreeMap<>();
    for (long at = word(16); at < word(20); at += 8) {
      if (word(at) != 0) {
        String name = name(word(20) + word(at));
        if (all.put(name, find(name)) != null) {
          throw new AssertionError("twice: " + name);
        }
      }
    }
    return all;
  }
}
