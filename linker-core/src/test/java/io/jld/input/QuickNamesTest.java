package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.link.NameBytes;
import io.jld.testing.ObjectBuilder;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuickNamesTest {
  /** Symbol 1 is local; 2 and 3 are in the table, with one bucket for both; 4 is not. */
  private static byte[] file(boolean wide) {
    ObjectBuilder b = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    int text = b.code(".text", new byte[16]);
    b.local("mine", text, 0);
    b.function("first", text, 0, 1);
    b.function("second", text, 1, 1);
    b.undefined("elsewhere");
    int word = wide ? 8 : 4;
    MemorySegment hash = MemorySegment.ofArray(new byte[16 + word + 4 + 3 * 4]);
    ElfClass.put32(hash, 0, 1); // buckets
    ElfClass.put32(hash, 4, 2); // the first symbol
    ElfClass.put32(hash, 8, 1); // words of the filter
    ElfClass.put32(hash, 16 + word, 2);
    String[] names = {"first", "second", "elsewhere"};
    for (int i = 0; i < names.length; i++) {
      int h = Names.gnuHash(NameBytes.bytes(names[i])) & ~1;
      ElfClass.put32(hash, 20 + word + 4 * i, h | (i == names.length - 1 ? 1 : 0));
    }
    byte[] content = hash.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    int table = b.section(".gnu.hash", Elf.SHT_GNU_HASH, Elf.SHF_ALLOC, word, 0, content);
    b.link(table, symtab(b), 0);
    return b.build();
  }

  /** Where the builder puts the symbol table. */
  private static int symtab(ObjectBuilder b) {
    MemorySegment file = MemorySegment.ofArray(b.build());
    ElfClass elf = ElfClass.of(b.is64());
    for (int i = 1; i < elf.shnum(file); i++) {
      if (ElfClass.shType(file, elf.shoff(file) + (long) i * elf.shdrSize) == Elf.SHT_SYMTAB) {
        return i;
      }
    }
    throw new AssertionError();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void names(boolean wide) {
    QuickNames names = new QuickNames(MemorySegment.ofArray(file(wide)));
    assertTrue(names.exports("first"));
    assertTrue(names.exports("second"));
    assertFalse(names.exports("elsewhere"), "undefined");
    assertFalse(names.exports("mine"));
    assertFalse(names.exports("firs"));
    assertFalse(names.exports("third"));
    assertTrue(names.keepsToItself("mine"));
    assertFalse(names.keepsToItself("ine"));
    assertFalse(names.keepsToItself("first"));
    assertFalse(names.isLibrary(62, ElfClass.of(wide)), "it is an object");
  }

  /** Whatever the bytes are, there is an answer. */
  @Test
  void damaged() {
    Random random = new Random(1);
    int found = 0;
    for (int round = 0; round < 4000; round++) {
      byte[] bytes = file(round % 2 == 0);
      for (int n = random.nextInt(1, 6); n > 0; n--) {
        bytes[random.nextInt(4, bytes.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
      QuickNames names = new QuickNames(MemorySegment.ofArray(bytes).asSlice(0, length));
      found += names.exports("second") ? 1 : 0;
      found += names.keepsToItself("mine") ? 1 : 0;
      assertFalse(names.exports("never"));
      assertFalse(names.keepsToItself("never"));
    }
    assertTrue(found > 1000 && found < 8000, "the damage is of no use");
    QuickNames empty = new QuickNames(MemorySegment.NULL);
    assertFalse(empty.exports("a") || empty.keepsToItself("a"));
    assertEquals(0, empty.stringBytes());
  }
}
