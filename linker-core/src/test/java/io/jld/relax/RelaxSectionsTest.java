package io.jld.relax;

import static io.jld.elf.Elf.*;
import static io.jld.testing.ObjectBuilder.filled;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.arch.Arches;
import io.jld.elf.ElfClass;
import io.jld.input.Names;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.OutputKind;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is taken out of code, and what moves with it; what objects say of themselves. */
class RelaxSectionsTest {
  private static Linked link(Consumer<LinkRequest.Builder> more, ObjectBuilder... objects) {
    return Linked.link(
        b -> {
          b.arches(new Arches(List.of(new ElasticArch())));
          more.accept(b);
        },
        objects);
  }

  /** Value and size of a symbol. */
  private static long[] symbol(Linked l, String name) {
    MemorySegment table = l.section(".symtab").bytes();
    MemorySegment names = l.section(".strtab").bytes();
    for (long at = 24; at < table.byteSize(); at += 24) {
      if (name.equals(Names.string(names, ElfClass.u32(table, at)))) {
        return new long[] {l.elf().word(table, at + 8), l.elf().word(table, at + 16)};
      }
    }
    throw new AssertionError(name);
  }

  /** A call, padding to 16 bytes, a function, a call back, and words about all of it. */
  private static ObjectBuilder one() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.section(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 16, 0, filled(40, 0x11));
    int start = o.function("_start", text, 0, 23);
    int f = o.function("f", text, 23, 17);
    int label = o.local("label", text, 27);
    o.reloc(text, 0, ElasticArch.CALL, f, 0);
    o.reloc(text, 8, ElasticArch.PADDING, 0, 15);
    o.reloc(text, 27, ElasticArch.CALL, start, 0);
    int data = o.data(".data", filled(24, 0));
    o.reloc(data, 0, TestArch.WORD, f, 0);
    o.reloc(data, 8, TestArch.WORD, o.sectionSymbol(text), 35);
    o.reloc(data, 16, TestArch.WORD, label, 0);
    return o;
  }

  @Test
  void whatStandsBehindMoves() {
    Linked l = link(b -> {}, one());
    long text = l.section(".text").addr();
    // 4 bytes of a call, 12 of padding; f with 4 bytes, 4 of a call, 5 bytes
    assertEquals(29, l.section(".text").bytes().byteSize());
    assertArrayEquals(new long[] {text, 16}, symbol(l, "_start"));
    assertArrayEquals(new long[] {text + 16, 13}, symbol(l, "f"));
    assertEquals(text + 20, symbol(l, "label")[0]);
    assertEquals(16, (int) ElfClass.u32(l.at(text), 0));
    assertEquals(0x77, ElfClass.u8(l.at(text + 15), 0));
    assertEquals(0x11, ElfClass.u8(l.at(text + 16), 0));
    assertEquals(-20, (int) ElfClass.u32(l.at(text + 20), 0));
    assertEquals(text + 16, l.word(".data", 0));
    assertEquals(text + 24, l.word(".data", 1)); // 35 was the first byte behind the call
    assertEquals(text + 20, l.word(".data", 2));
  }

  @Test
  void keptRelocationsMoveToo() {
    Linked l = link(b -> b.set(LinkOption.EMIT_RELOCS, true), one());
    MemorySegment kept = l.section(".rela.text").bytes();
    long text = l.section(".text").addr();
    assertEquals(text, l.elf().word(kept, 0));
    assertEquals(text + 4, l.elf().word(kept, 24));
    assertEquals(text + 20, l.elf().word(kept, 48));
    MemorySegment data = l.section(".rela.data").bytes();
    assertEquals(24, l.elf().word(data, 24 + 16));
  }

  @Test
  void withRelocatableOutputNothingIsTakenOut() {
    Linked l = link(b -> b.set(LinkOption.OUTPUT_KIND, OutputKind.RELOCATABLE), one());
    assertEquals(40, l.section(".text").bytes().byteSize());
  }

  @Test
  void aPairIsFoundByItsPlace() {
    ObjectBuilder o = one();
    int text = o.section(".text.b", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 8, 0, filled(32, 0));
    int second = o.local("second", text, 8);
    int third = o.local("third", text, 16);
    // in no order, and two calls that stand at one place once they are shorter
    o.reloc(text, 24, ElasticArch.PAIR, second, 0);
    o.reloc(text, 16, TestArch.NONE, third, 0);
    o.reloc(text, 8, ElasticArch.CALL, third, 0);
    o.reloc(text, 0, ElasticArch.CALL, third, 0);
    Linked l = link(b -> {}, o);
    assertEquals(8, l.elf().word(l.at(symbol(l, "third")[0] + 8), 0));
  }

  /** Whatever is decided holds in the end, and does not depend on threads. */
  @Test
  void allCallsLeadToTheirTargets() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      int n = 30;
      int[] calls = new int[n];
      ObjectBuilder[] objects = new ObjectBuilder[n];
      for (int f = 0; f < n; f++) {
        ObjectBuilder o = ObjectBuilder.wide();
        int skip = random.nextInt(20);
        int size = 8 + 15 + skip;
        int text =
            o.section(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 16, 0, filled(size, 0x11));
        int self = o.function(f == 0 ? "_start" : "f" + f, text, 0, size);
        calls[f] = random.nextInt(n);
        String to = calls[f] == 0 ? "_start" : "f" + calls[f];
        o.reloc(text, 0, ElasticArch.CALL, calls[f] == f ? self : o.undefined(to), 0);
        o.reloc(text, 8, ElasticArch.PADDING, 0, 15);
        objects[f] = o;
      }
      Linked l = link(b -> {}, objects);
      int shorter = 0;
      for (int f = 0; f < n; f++) {
        long from = symbol(l, f == 0 ? "_start" : "f" + f)[0];
        long to = symbol(l, calls[f] == 0 ? "_start" : "f" + calls[f])[0];
        boolean isLong = (int) ElfClass.u32(l.at(from), 0) == ElasticArch.MARK;
        assertEquals(to - from, (int) ElfClass.u32(l.at(from), isLong ? 4 : 0));
        shorter += isLong ? 0 : 1;
      }
      assertTrue(shorter > 0 && shorter < n);
      for (int threads : new int[] {2, 3, 8}) {
        assertArrayEquals(l.toArray(), link(b -> b.threads(threads), objects).toArray());
      }
    }
  }

  @Test
  void relocationsMayNotOverlap() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", filled(32, 0));
    int start = o.function("_start", text, 0, 32);
    o.reloc(text, 0, ElasticArch.CALL, start, 0);
    o.reloc(text, 2, ElasticArch.CALL, start, 0);
    LinkException e = assertThrows(LinkException.class, () -> link(b -> {}, o));
    assertTrue(
        e.getMessage().contains("several relocations make the same instructions shorter"),
        e::getMessage);
  }

  // What objects say of themselves

  private static InputSource with(ObjectBuilder o, int flags) {
    byte[] bytes = o.build();
    MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_INT_UNALIGNED, 48, flags);
    return InputSource.memory("flags" + flags + ".o", bytes);
  }

  private static ObjectBuilder attributes(int value) {
    ObjectBuilder o = ObjectBuilder.wide();
    o.section(".its.attributes", ElasticArch.ATTRIBUTES.type(), 0, 1, 0, filled(3, value));
    return o;
  }

  @Test
  void flagsAndAttributesAreMerged() {
    for (OutputKind kind : new OutputKind[] {OutputKind.EXECUTABLE, OutputKind.RELOCATABLE}) {
      Linked l =
          link(
              b ->
                  b.set(LinkOption.OUTPUT_KIND, kind)
                      .input(with(attributes(5), 2))
                      .input(with(attributes(6), 4)),
              one());
      assertEquals(6, ElfClass.u32(l.bytes(), 48));
      Linked.Section s = l.section(ElasticArch.ATTRIBUTES.name());
      assertArrayEquals(new byte[] {5, 6}, s.bytes().toArray(ValueLayout.JAVA_BYTE));
      assertEquals(ElasticArch.ATTRIBUTES.type(), s.type());
    }
  }

  @Test
  void whatDoesNotGoTogetherNamesBoth() {
    LinkException e =
        assertThrows(LinkException.class, () -> link(b -> b.input(with(attributes(5), 1)), one()));
    assertTrue(
        e.getMessage()
            .contains(
                "flags1.o: is compiled for one and can not be linked with obj0.o, which is compiled"
                    + " for the other"),
        e::getMessage);
  }

  @Test
  void aSymbolIsProvidedWhereSomethingRefersToIt() {
    ObjectBuilder o = one();
    int data = o.data(".data.more", filled(8, 0));
    o.reloc(data, 0, TestArch.WORD, o.undefined("middle$"), 0);
    Linked l = link(b -> {}, o);
    assertEquals(l.section(".text").addr() + 16, symbol(l, "middle$")[0]);
  }
}
