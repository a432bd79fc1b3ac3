package io.jld.source;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes objects with debug information in memory. Sections get their numbers in the order in which
 * they are added, from 1 on, and each has a section symbol with the same number.
 */
final class DebugObject {
  private final ElfClass elf;
  private final boolean rela;
  private final List<Section> sections = new ArrayList<>();
  private final List<Function> functions = new ArrayList<>();

  private record Section(String name, byte[] content, List<long[]> relocs) {}

  private record Function(String name, int section, long value, long size) {}

  DebugObject(boolean is64) {
    elf = ElfClass.of(is64);
    rela = is64;
  }

  /** Adds a section and returns its number. */
  int section(String name, byte[] content) {
    sections.add(new Section(name, content, new ArrayList<>()));
    return sections.size();
  }

  /** The field of {@code section} at {@code offset} refers to {@code target} + {@code addend}. */
  void relocate(int section, long offset, int target, long addend) {
    Section s = sections.get(section - 1);
    s.relocs.add(new long[] {offset, target, addend});
    if (!rela) {
      ElfClass.put32(MemorySegment.ofArray(s.content), offset, addend);
    }
  }

  void function(String name, int section, long value, long size) {
    functions.add(new Function(name, section, value, size));
  }

  private static int name(ByteArrayOutputStream table, String name) {
    int at = table.size();
    table.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    table.write(0);
    return at;
  }

  byte[] bytes() {
    int n = sections.size();
    int count = 2 * n + 4; // each with its relocations; null, .symtab, .strtab, .shstrtab
    ByteArrayOutputStream strtab = new ByteArrayOutputStream();
    ByteArrayOutputStream shstrtab = new ByteArrayOutputStream();
    name(strtab, "");
    name(shstrtab, "");
    MemorySegment symtab =
        MemorySegment.ofArray(new byte[(1 + n + functions.size()) * elf.symSize]);
    for (int i = 1; i <= n; i++) {
      elf.putSym(symtab, (long) i * elf.symSize, 0, Elf.STT_SECTION, 0, i, 0, 0);
    }
    for (int i = 0; i < functions.size(); i++) {
      Function f = functions.get(i);
      int name = name(strtab, f.name);
      long at = (long) (1 + n + i) * elf.symSize;
      elf.putSym(symtab, at, name, 0x10 | Elf.STT_FUNC, 0, f.section, f.value, f.size);
    }
    int entry = (rela ? 3 : 2) * elf.wordSize;
    int relType = rela ? Elf.SHT_RELA : Elf.SHT_REL;
    List<byte[]> contents = new ArrayList<>();
    for (Section s : sections) {
      contents.add(s.content);
    }
    for (Section s : sections) {
      MemorySegment rel = MemorySegment.ofArray(new byte[s.relocs.size() * entry]);
      for (int i = 0; i < s.relocs.size(); i++) {
        long[] r = s.relocs.get(i);
        elf.putRel(rel, (long) i * entry, rela, r[0], (int) r[1], 1, r[2]);
      }
      contents.add((byte[]) rel.heapBase().orElseThrow());
    }
    contents.add((byte[]) symtab.heapBase().orElseThrow());
    contents.add(strtab.toByteArray());
    int[] names = new int[count];
    for (int i = 1; i <= n; i++) {
      names[i] = name(shstrtab, sections.get(i - 1).name);
      names[n + i] = name(shstrtab, ".rel" + sections.get(i - 1).name);
    }
    contents.add(shstrtab.toByteArray());
    long size = elf.ehdrSize;
    for (byte[] c : contents) {
      size += c.length;
    }
    byte[] out = new byte[(int) (size + (long) count * elf.shdrSize)];
    MemorySegment s = MemorySegment.ofArray(out);
    ElfClass.put32(s, 0, 0x464c457f);
    ElfClass.put8(s, 4, elf.is64() ? 2 : 1);
    ElfClass.put8(s, 5, 1);
    ElfClass.put16(s, 16, Elf.ET_REL);
    elf.putWord(s, elf.is64() ? 40 : 32, size);
    long p = elf.is64() ? 58 : 46;
    ElfClass.put16(s, p, elf.shdrSize);
    ElfClass.put16(s, p + 2, count);
    ElfClass.put16(s, p + 4, count - 1);
    long at = elf.ehdrSize;
    for (int i = 1; i < count; i++) {
      byte[] c = contents.get(i - 1);
      MemorySegment.copy(c, 0, s, java.lang.foreign.ValueLayout.JAVA_BYTE, at, c.length);
      boolean rel = i > n && i <= 2 * n;
      int type = rel ? relType : i <= n ? 1 : i == 2 * n + 1 ? Elf.SHT_SYMTAB : Elf.SHT_STRTAB;
      int link = rel ? 2 * n + 1 : type == Elf.SHT_SYMTAB ? 2 * n + 2 : 0;
      int info = rel ? i - n : type == Elf.SHT_SYMTAB ? n + 1 : 0;
      int entsize = rel ? entry : type == Elf.SHT_SYMTAB ? elf.symSize : 0;
      long h = size + (long) i * elf.shdrSize;
      elf.putShdr(s, h, names[i], type, 0, 0, at, c.length, link, info, 1, entsize);
      at += c.length;
    }
    return out;
  }

  ObjectFile file() {
    return new ObjectFile("t.o", null, MemorySegment.ofArray(bytes()));
  }
}
