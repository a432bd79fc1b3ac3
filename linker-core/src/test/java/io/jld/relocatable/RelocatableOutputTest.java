package io.jld.relocatable;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import io.jld.testing.Frames;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -r} with objects that no assembler writes. */
class RelocatableOutputTest {
  private static final int PCREL_SDATA4 = 0x1b;

  private static ObjectBuilder object(boolean wide) {
    return wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
  }

  /** A bit of everything: code of its own and in a group, data, frames, debug information. */
  private static ObjectBuilder sample(boolean wide, String name) {
    ObjectBuilder o = object(wide);
    int text = o.code(".text", ObjectBuilder.filled(21, 0x90));
    int shared = o.code(".text.shared", ObjectBuilder.filled(13, 0x91));
    int data = o.data(".data", new byte[24]);
    int strings =
        o.section(
            ".str",
            SHT_PROGBITS,
            SHF_ALLOC | SHF_MERGE | SHF_STRINGS,
            1,
            1,
            new byte[] {65, 0, 66, 0});
    int debug = o.section(".debug_ranges", SHT_PROGBITS, 0, 1, 0, new byte[16]);
    o.nobits(".bss", SHF_ALLOC | SHF_WRITE, 32, 64);
    int textSym = o.sectionSymbol(text);
    int sharedSym = o.sectionSymbol(shared);
    int stringsSym = o.sectionSymbol(strings);
    o.local("local." + name, data, 8);
    int weak = o.symbol("shared", STB_WEAK, STT_FUNC, STV_DEFAULT, shared, 0, 13);
    o.function(name, text, 5, 16);
    int undefined = o.undefined("undefined");
    o.group(weak, true, shared);
    o.reloc(text, 1, TestArch.PC32, undefined, -4);
    o.reloc(text, 8, TestArch.PC32, weak, -4);
    o.reloc(data, 0, TestArch.WORD, textSym, 5);
    o.reloc(data, 8, TestArch.WORD, stringsSym, 2);
    o.reloc(debug, 0, TestArch.ABS32, sharedSym, 0);
    o.reloc(debug, 8, TestArch.ABS32, textSym, 3);
    Frames f = new Frames();
    int cie = f.cie(PCREL_SDATA4);
    f.fde(cie, sharedSym, 0, 13);
    f.fde(cie, textSym, 0, 21);
    f.addTo(o);
    return o;
  }

  private static LinkRequest.Builder request(Arches arches, List<byte[]> objects) {
    LinkRequest.Builder b =
        LinkRequest.builder()
            .arches(arches)
            .output(OutputSink.memory())
            .set(LinkOption.OUTPUT_KIND, OutputKind.RELOCATABLE)
            .threads(1);
    for (int i = 0; i < objects.size(); i++) {
      b.input(InputSource.memory("obj" + i + ".o", objects.get(i)));
    }
    return b;
  }

  private static byte[] link(LinkRequest.Builder request) {
    return Linker.link(request.build()).bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  private static List<byte[]> samples(boolean wide) {
    return List.of(sample(wide, "a").build(), sample(wide, "b").build(), sample(wide, "c").build());
  }

  /** The architectures, but whatever is written is written over noise. */
  private static Arches noisy() {
    return new Arches(
        List.of(TestArch.WIDE, TestArch.NARROW).stream()
            .map(
                arch ->
                    (Arch)
                        Proxy.newProxyInstance(
                            Arch.class.getClassLoader(),
                            new Class<?>[] {Arch.class},
                            (proxy, method, args) -> {
                              if (method.getName().equals("asmb")) {
                                OutBuf out = ((Link) args[0]).out();
                                byte[] noise = new byte[(int) out.bytes().byteSize()];
                                new Random(3).nextBytes(noise);
                                out.seekSet(0);
                                out.write(noise);
                              }
                              try {
                                return method.invoke(arch, args);
                              } catch (InvocationTargetException e) {
                                throw e.getCause();
                              }
                            }))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyByteIsWritten(boolean wide) {
    List<byte[]> objects = samples(wide);
    byte[] clean = link(request(TestArch.ARCHES, objects));
    assertArrayEquals(clean, link(request(noisy(), objects)));
    assertArrayEquals(
        link(request(TestArch.ARCHES, objects).set(LinkOption.STRIP, LinkOption.Strip.ALL)),
        link(request(noisy(), objects).set(LinkOption.STRIP, LinkOption.Strip.ALL)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void binaryToo(boolean wide) {
    ObjectBuilder o = sample(wide, "_start");
    o.function("undefined", 1, 0, 1);
    List<byte[]> objects = List.of(o.build());
    assertArrayEquals(
        link(
            request(TestArch.ARCHES, objects)
                .set(LinkOption.OUTPUT_KIND, OutputKind.EXECUTABLE)
                .set(LinkOption.OUTPUT_FORMAT, "binary")),
        link(
            request(noisy(), objects)
                .set(LinkOption.OUTPUT_KIND, OutputKind.EXECUTABLE)
                .set(LinkOption.OUTPUT_FORMAT, "binary")));
  }

  private static int section(ObjectFile f, String name) {
    for (int i = 1; i < f.sectionCount(); i++) {
      if (f.isNamed(i, name)) {
        return i;
      }
    }
    throw new AssertionError("no section " + name);
  }

  private static ObjectFile read(byte[] bytes) {
    return new ObjectFile("out.o", null, MemorySegment.ofArray(bytes));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void offsetsSymbolsAddends(boolean wide) {
    ObjectFile f = read(link(request(TestArch.ARCHES, samples(wide))));
    ElfClass elf = f.elf();
    int data = section(f, ".data");
    MemorySegment table = f.rawContent(f.relocSection(data));
    int entry = (wide ? 3 : 2) * elf.wordSize;
    assertEquals(6L * entry, table.byteSize());
    for (int o = 0; o < 3; o++) {
      long at = 2L * o * entry;
      long place = elf.rOffset(table, at);
      assertEquals(24L * o, place);
      int sym = elf.rSym(table, at);
      assertEquals(STT_SECTION, f.symbolType(sym));
      assertEquals(section(f, ".text"), f.shndx(sym));
      long addend = wide ? elf.rAddend(table, at) : ElfClass.s32(f.rawContent(data), place);
      assertEquals(32L * o + 5, addend); // aligned to 16
      assertEquals(section(f, ".str"), f.shndx(elf.rSym(table, at + entry)));
    }
    assertEquals(12, f.rawContent(section(f, ".str")).byteSize());
    assertEquals(1, f.groups().size());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsGoneIsLeftOut(boolean wide) {
    ObjectFile f = read(link(request(TestArch.ARCHES, samples(wide))));
    ElfClass elf = f.elf();
    int entry = (wide ? 3 : 2) * elf.wordSize;
    int debug = section(f, ".debug_ranges");
    assertEquals(4L * entry, f.rawContent(f.relocSection(debug)).byteSize());
    MemorySegment content = f.rawContent(debug);
    assertEquals(0, ElfClass.u32(content, 0));
    assertEquals(1, ElfClass.u32(content, 16), "a pair of zeros would end the list");
    assertEquals(1, ElfClass.u32(content, 32));
    int frames = section(f, ".eh_frame");
    assertEquals(4L * entry, f.rawContent(f.relocSection(frames)).byteSize());
    int cies = 0;
    int fdes = 0;
    MemorySegment records = f.rawContent(frames);
    for (long at = 0; at < records.byteSize(); at += 4 + ElfClass.u32(records, at)) {
      long back = ElfClass.u32(records, at + 4);
      if (back == 0) {
        cies++;
      } else {
        assertEquals(0, ElfClass.u32(records, at + 4 - back + 4), "an FDE leads to a CIE");
        fdes++;
      }
    }
    assertEquals(3, cies);
    assertEquals(4, fdes);
  }

  /** Damaged objects end in an error or in an object, nothing else. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void damagedObjects(boolean wide) {
    Random random = new Random(11);
    List<byte[]> objects = samples(wide);
    int linked = 0;
    for (int round = 0; round < 4000; round++) {
      byte[] damaged = objects.get(1).clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        damaged[random.nextInt(damaged.length)] =
            (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(9));
      }
      LinkRequest.Builder request = request(TestArch.ARCHES, List.of(objects.get(0), damaged));
      switch (random.nextInt(4)) {
        case 0 -> request.set(LinkOption.STRIP, LinkOption.Strip.ALL);
        case 1 -> request.set(LinkOption.FORCE_GROUP_ALLOCATION, true);
        case 2 -> request.set(LinkOption.DEFINE_COMMON, true);
        default -> {}
      }
      try {
        byte[] out = link(request);
        read(out);
        linked++;
      } catch (LinkException e) {
        String message = e.getMessage();
        assertFalse(message.contains("internal error") || message.contains("out.o"), message);
      }
    }
    assertTrue(linked > 500, "linked " + linked);
  }

  @Test
  void relocationsOfTheWrongKind() {
    ObjectBuilder o = new ObjectBuilder(true, TestArch.WIDE.info().machine(), false);
    int text = o.code(".text", new byte[16]);
    o.reloc(text, 0, TestArch.PC32, o.undefined("x"), 0);
    assertThrows(LinkException.class, () -> link(request(TestArch.ARCHES, List.of(o.build()))));
  }

  /** Sections that are linked to each other. */
  @Test
  void ringOfSections() {
    ObjectBuilder o = ObjectBuilder.wide();
    int a = o.section(".a", SHT_PROGBITS, SHF_ALLOC | SHF_LINK_ORDER, 1, 0, new byte[4]);
    int b = o.section(".b", SHT_PROGBITS, SHF_ALLOC | SHF_LINK_ORDER, 1, 0, new byte[4]);
    o.link(a, b, 0).link(b, a, 0);
    ObjectFile f = read(link(request(TestArch.ARCHES, List.of(o.build(), o.build()))));
    assertTrue(f.sectionCount() >= 5);
  }
}
