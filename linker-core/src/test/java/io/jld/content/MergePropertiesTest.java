package io.jld.content;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MergePropertiesTest {
  private static final long FEATURES = Integer.toUnsignedLong(TestArch.FEATURES);
  private static final long NEEDED = Integer.toUnsignedLong(TestArch.NEEDED);
  private static final long USED = Integer.toUnsignedLong(TestArch.USED);
  private static final long NEEDED_1 = 0xb0008000L;

  private boolean defined;

  /** An object with the given properties: numbers and values, each of four bytes. */
  private ObjectBuilder object(boolean wide, long... properties) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < properties.length; i += 2) {
      put(out, properties[i], 4, properties[i + 1]);
      if (wide) {
        put(out, 0);
      }
    }
    return withNote(wide, out.toByteArray());
  }

  private static void put(ByteArrayOutputStream out, long... words) {
    for (long w : words) {
      for (int shift = 0; shift < 32; shift += 8) {
        out.write((int) (w >> shift));
      }
    }
  }

  private ObjectBuilder withNote(boolean wide, byte[] desc) {
    ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    int text = o.code(".text", new byte[4]);
    if (!defined) {
      o.function("_start", text, 0, 4);
      defined = true;
    }
    if (desc.length > 0) {
      ByteArrayOutputStream note = new ByteArrayOutputStream();
      put(note, 4, desc.length, NT_GNU_PROPERTY_TYPE_0, 0x554e47);
      note.writeBytes(desc);
      o.section(".note.gnu.property", SHT_NOTE, SHF_ALLOC, wide ? 8 : 4, 0, note.toByteArray());
    }
    return o;
  }

  /** The output's properties by number; empty where there is no note. */
  private static Map<Long, Long> properties(Linked linked) {
    Map<Long, Long> found = new TreeMap<>();
    Linked.Section s = linked.section(".note.gnu.property");
    if (s == null) {
      return found;
    }
    MemorySegment b = s.bytes();
    int word = linked.elf().wordSize;
    assertEquals(SHT_NOTE, s.type());
    assertEquals(SHF_ALLOC, s.flags());
    assertEquals(word, s.align());
    assertEquals(4, ElfClass.u32(b, 0));
    assertEquals(b.byteSize() - 16, ElfClass.u32(b, 4));
    assertEquals(5, ElfClass.u32(b, 8));
    assertEquals(0x554e47, ElfClass.u32(b, 12));
    long at = 16;
    while (at < b.byteSize()) {
      long size = ElfClass.u32(b, at + 4);
      long value = size == 0 ? 1 : size == 4 ? ElfClass.u32(b, at + 8) : ElfClass.u64(b, at + 8);
      found.put(ElfClass.u32(b, at), value);
      at += 8 + (size + word - 1) / word * word;
    }
    return found;
  }

  @Test
  void featuresAreThoseOfAllObjects() {
    Linked linked =
        Linked.link(
            object(true, FEATURES, 3), object(true, FEATURES, 1), object(true, FEATURES, 3));
    assertEquals(Map.of(FEATURES, 1L), properties(linked));
  }

  @Test
  void anObjectWithoutPropertiesHasNoFeatures() {
    assertNull(Linked.link(object(true, FEATURES, 3), object(true)).section(".note.gnu.property"));
  }

  @Test
  void eachRangeHasItsRule() {
    Linked linked =
        Linked.link(
            object(false, NEEDED_1, 1, FEATURES, 3, NEEDED, 1, USED, 1),
            object(false, FEATURES, 2, NEEDED, 4, USED, 2));
    assertEquals(Map.of(NEEDED_1, 1L, FEATURES, 2L, NEEDED, 5L, USED, 3L), properties(linked));
  }

  @Test
  void whatIsUsedIsKnownOnlyIfAllSaySo() {
    Linked linked = Linked.link(object(true, NEEDED, 1, USED, 1), object(true, NEEDED, 2));
    assertEquals(Map.of(NEEDED, 3L), properties(linked));
  }

  @Test
  void stackSizeAndCopies() {
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    put(small, 1, 8, 0x1000, 0);
    ByteArrayOutputStream large = new ByteArrayOutputStream();
    put(large, 1, 8, 0x4000, 0, 2, 0);
    Linked linked =
        Linked.link(
            withNote(true, large.toByteArray()), withNote(true, small.toByteArray()), object(true));
    assertEquals(Map.of(1L, 0x4000L, 2L, 1L), properties(linked));
  }

  @Test
  void keywordsForce() {
    Linked linked =
        Linked.link(
            b -> b.set(LinkOption.Z_KEYWORDS, List.of("fast", "level1", "safe", "other", "level2")),
            object(true, FEATURES, 1, NEEDED, 8),
            object(true));
    assertEquals(Map.of(FEATURES, 3L, NEEDED, 12L), properties(linked));
  }

  @Test
  void reportOfMissingFeatures() {
    ObjectBuilder[] objects = {object(true, FEATURES, 1), object(true), object(true, FEATURES, 3)};
    Linked linked =
        Linked.link(b -> b.set(LinkOption.Z_KEYWORDS, List.of("feature-report=warning")), objects);
    assertEquals(2, linked.diagnostics().size());
    assertEquals(
        "warning: obj0.o: missing SAFE property [program-property]",
        linked.diagnostics().get(0).toString());
    assertEquals(
        "warning: obj1.o: missing FAST and SAFE properties [program-property]",
        linked.diagnostics().get(1).toString());
    assertThrows(
        LinkException.class,
        () ->
            Linked.link(
                b -> b.set(LinkOption.Z_KEYWORDS, List.of("feature-report=error")), objects));
  }

  @Test
  void unknownPropertiesAreLeftOut() {
    Linked linked = Linked.link(object(true, 0x12345678, 1, NEEDED, 1));
    assertEquals(Map.of(NEEDED, 1L), properties(linked));
    assertTrue(linked.diagnostics().getFirst().message().contains("0x12345678"));
  }

  private void refused(String reason, byte[] content) {
    ObjectBuilder o = ObjectBuilder.wide();
    o.function("_start", o.code(".text", new byte[4]), 0, 4);
    o.section(".note.gnu.property", SHT_NOTE, SHF_ALLOC, 8, 0, content);
    String message = assertThrows(LinkException.class, () -> Linked.link(o)).getMessage();
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains("obj0.o:(.note.gnu.property+0x"), message);
  }

  private static byte[] words(long... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    put(out, words);
    return out.toByteArray();
  }

  @Test
  void damagedNotes() {
    refused("cut off", new byte[11]);
    refused("beyond its section", words(0xffffffffL, 0, 5, 0));
    refused("beyond its section", words(4, 0xfffffff8L, 5, 0x554e47));
    refused("is cut off", words(4, 4, 5, 0x554e47, 0));
    refused("beyond its note", words(4, 8, 5, 0x554e47, FEATURES, 4));
    refused("has size 8", words(4, 16, 5, 0x554e47, FEATURES, 8, 0, 0));
  }
}
