package io.jld.frame;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.ElfClass;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import io.jld.testing.FrameTable;
import io.jld.testing.Frames;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EhFrameTest {
  private static final int PCREL_SDATA4 = 0x1b;
  private static final Consumer<LinkRequest.Builder> WITH_HDR =
      b -> b.set(LinkOption.EH_FRAME_HDR, true);

  private static ObjectBuilder object(boolean wide) {
    return wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
  }

  /** An object with a function of its own and a frame for it. */
  private static ObjectBuilder function(boolean wide, String name, int size) {
    ObjectBuilder o = object(wide);
    int text = o.code(".text", ObjectBuilder.filled(size, 0x90));
    o.function(name, text, 0, size);
    Frames f = new Frames();
    f.fde(f.cie(PCREL_SDATA4), o.sectionSymbol(text), 0, size);
    f.addTo(o);
    return o;
  }

  /** An object whose only function is in a COMDAT group. */
  private static ObjectBuilder inGroup(String name, int size) {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text." + name, ObjectBuilder.filled(size, 0x90));
    int symbol = o.symbol(name, STB_WEAK, STT_FUNC, STV_DEFAULT, text, 0, size);
    o.group(symbol, true, text);
    Frames f = new Frames();
    f.fde(f.cie(PCREL_SDATA4), o.sectionSymbol(text), 0, size);
    f.addTo(o);
    return o;
  }

  private static void checkHdr(Linked linked, FrameTable frames) {
    Linked.Section hdr = linked.section(".eh_frame_hdr");
    MemorySegment b = hdr.bytes();
    assertEquals(0x3b031b01L, ElfClass.u32(b, 0));
    assertEquals(linked.section(".eh_frame").addr(), hdr.addr() + 4 + ElfClass.s32(b, 4));
    assertEquals(frames.fdes().size(), ElfClass.s32(b, 8));
    assertEquals(12 + 8L * frames.fdes().size(), b.byteSize());
    List<FrameTable.Fde> sorted =
        frames.fdes().stream().sorted((x, y) -> Long.compareUnsigned(x.pc(), y.pc())).toList();
    for (int i = 0; i < sorted.size(); i++) {
      assertEquals(sorted.get(i).pc(), hdr.addr() + ElfClass.s32(b, 12 + 8L * i));
      assertEquals(sorted.get(i).addr(), hdr.addr() + ElfClass.s32(b, 16 + 8L * i));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void equalCiesAreWrittenOnce(boolean wide) {
    Linked linked =
        Linked.link(
            WITH_HDR,
            function(wide, "_start", 32),
            function(wide, "second", 8),
            function(wide, "third", 5));
    FrameTable frames = new FrameTable(linked);
    long text = linked.section(".text").addr();
    assertEquals(1, frames.cies().size());
    assertEquals(linked.section(".eh_frame").addr(), frames.cies().getFirst());
    assertEquals(3, frames.fdes().size());
    assertEquals(1, frames.terminators());
    assertEquals(
        List.of(text, text + 32, text + 48),
        frames.fdes().stream().map(FrameTable.Fde::pc).toList());
    assertEquals(List.of(32L, 8L, 5L), frames.fdes().stream().map(FrameTable.Fde::length).toList());
    frames.fdes().forEach(f -> assertEquals(frames.cies().getFirst(), f.cie()));
    checkHdr(linked, frames);
  }

  @Test
  void ciesWithOtherPersonalitiesAreKeptApart() {
    Supplier<ObjectBuilder> users =
        () -> {
          ObjectBuilder o = ObjectBuilder.wide();
          int text = o.code(".text", new byte[48]);
          int section = o.sectionSymbol(text);
          Frames f = new Frames();
          f.fde(f.cieWithPersonality(o.undefined("pa")), section, 0, 16);
          f.fde(f.cieWithPersonality(o.undefined("pb")), section, 16, 16);
          f.fde(f.cieWithPersonality(o.undefined("pa")), section, 32, 16);
          f.addTo(o);
          return o;
        };
    ObjectBuilder definer = ObjectBuilder.wide();
    int text = definer.code(".text", new byte[32]);
    definer.function("_start", text, 0, 1);
    definer.function("pa", text, 8, 1);
    definer.function("pb", text, 16, 1);
    Linked linked = Linked.link(definer, users.get(), users.get());
    FrameTable frames = new FrameTable(linked);
    assertEquals(2, frames.cies().size());
    assertEquals(6, frames.fdes().size());
    long a = frames.cies().get(0);
    long b = frames.cies().get(1);
    assertEquals(
        List.of(a, b, a, a, b, a), frames.fdes().stream().map(FrameTable.Fde::cie).toList());
    long start = linked.section(".text").addr();
    assertEquals(start + 8, a + 18 + ElfClass.s32(linked.at(a), 18));
    assertEquals(start + 16, b + 18 + ElfClass.s32(linked.at(b), 18));
  }

  @Test
  void framesOfDiscardedGroupsAreDropped() {
    Linked linked =
        Linked.link(
            WITH_HDR, function(true, "_start", 16), inGroup("twice", 16), inGroup("twice", 16));
    FrameTable frames = new FrameTable(linked);
    assertEquals(2, frames.fdes().size());
    checkHdr(linked, frames);
  }

  @Test
  void framesOfNoCodeAreDropped() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", new byte[16]);
    o.function("_start", text, 0, 16);
    int section = o.sectionSymbol(text);
    Frames f = new Frames();
    int cie = f.cie(PCREL_SDATA4);
    f.fde(cie, section, 0, 0);
    f.fde(cie, section, 0, 16);
    f.addTo(o);
    Linked linked = Linked.link(WITH_HDR, o);
    FrameTable frames = new FrameTable(linked);
    assertEquals(1, frames.fdes().size());
    assertEquals(16, frames.fdes().getFirst().length());
    checkHdr(linked, frames);
  }

  @Test
  void framesWithoutFunctionAreDropped() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", new byte[16]);
    o.function("_start", text, 0, 16);
    Frames f = new Frames();
    int cie = f.cie(PCREL_SDATA4);
    f.u32(12).u32(f.size() - cie).u32(0).u32(16);
    f.addTo(o);
    assertNull(Linked.link(o).section(".eh_frame"));
  }

  @Test
  void collectionFollowsTheFramesOfWhatIsReached() {
    ObjectBuilder o = ObjectBuilder.wide();
    Frames f = new Frames();
    int start = o.code(".text.start", new byte[16]);
    int dead = o.code(".text.dead", new byte[16]);
    int pers = o.code(".text.personality", new byte[16]);
    o.function("_start", start, 0, 16);
    int personality = o.function("personality", pers, 0, 16);
    int used = handlers(o, ".gcc_except_table.a", 0xaa);
    int unused = handlers(o, ".gcc_except_table.b", 0xbb);
    int cie = f.cieWithPersonality(personality);
    f.fdeWithHandlers(cie, o.sectionSymbol(start), 16, used);
    f.fdeWithHandlers(cie, o.sectionSymbol(dead), 16, unused);
    f.addTo(o);
    Linked linked = Linked.link(b -> b.set(LinkOption.GC_SECTIONS, true), o);
    assertEquals(1, new FrameTable(linked).fdes().size());
    assertEquals(32, linked.section(".text").bytes().byteSize());
    MemorySegment table = linked.section(".gcc_except_table").bytes();
    assertEquals(4, table.byteSize());
    assertEquals(0xaaaaaaaaL, ElfClass.u32(table, 0));
  }

  private static int handlers(ObjectBuilder o, String name, int value) {
    byte[] content = ObjectBuilder.filled(4, value);
    return o.sectionSymbol(o.section(name, SHT_PROGBITS, SHF_ALLOC, 4, 0, content));
  }

  @Test
  void oneTerminatorEndsTheTable() {
    ObjectBuilder crtend = ObjectBuilder.wide();
    new Frames().u32(0).addTo(crtend);
    Linked linked = Linked.link(function(true, "_start", 16), crtend, function(true, "f", 16));
    FrameTable frames = new FrameTable(linked);
    assertEquals(1, frames.terminators());
    assertEquals(2, frames.fdes().size());
    MemorySegment bytes = linked.section(".eh_frame").bytes();
    assertEquals(0, ElfClass.u32(bytes, bytes.byteSize() - 4));
  }

  @Test
  void oddLengthsArePadded() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", new byte[16]);
    o.function("_start", text, 0, 16);
    int section = o.sectionSymbol(text);
    Frames f = new Frames();
    int cie = f.cie(PCREL_SDATA4);
    f.u32(14).u32(f.size() - cie).field(TestArch.PC32, section, 0).u32(8).u8(0x41, 0x42);
    f.u32(0xffffffffL).u64(14).u32(f.size() - cie);
    f.field(TestArch.PC32, section, 8).u32(8).u8(0x43, 0x44);
    f.addTo(o);
    Linked linked = Linked.link(WITH_HDR, o);
    FrameTable frames = new FrameTable(linked);
    assertEquals(List.of(8L, 8L), frames.fdes().stream().map(FrameTable.Fde::length).toList());
    frames.fdes().forEach(x -> assertEquals(frames.cies().getFirst(), x.cie()));
    MemorySegment first = linked.at(frames.fdes().get(0).addr());
    assertEquals(16, ElfClass.u32(first, 0));
    assertEquals(0x4241, ElfClass.u32(first, 16));
    MemorySegment second = linked.at(frames.fdes().get(1).addr());
    assertEquals(16, ElfClass.u64(second, 4));
    assertEquals(0x4443, ElfClass.u32(second, 24));
    checkHdr(linked, frames);
  }

  @Test
  void symbolsInFramesMoveWithThem() {
    ObjectBuilder begin = ObjectBuilder.wide();
    begin.object("frames", new Frames().addTo(begin), 0, 0);
    ObjectBuilder user = function(true, "second", 16);
    int data = user.data(".data", new byte[8]);
    user.reloc(data, 0, TestArch.WORD, user.undefined("frames"), 0);
    Linked linked = Linked.link(function(true, "_start", 16), begin, user);
    assertEquals(new FrameTable(linked).fdes().get(1).addr(), linked.word(".data", 0));
  }

  /** Symbols in two sections of an object, in records that stay, and in others that do not. */
  @Test
  void placesInFrames() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", new byte[48]);
    o.function("_start", text, 0, 16);
    int code = o.sectionSymbol(text);
    Frames f = new Frames();
    int cie = f.cie(PCREL_SDATA4);
    int a = f.size();
    f.u32(14).u32(f.size() - cie).field(TestArch.PC32, code, 0).u32(8).u8(0x41, 0x42); // 18 bytes
    int noFunction = f.size();
    f.u32(12).u32(f.size() - cie).u32(0).u32(16);
    int b = f.fde(cie, code, 16, 8);
    int last = f.size();
    f.u32(12).u32(f.size() - cie).u32(0).u32(16);
    int one = f.addTo(o);
    Frames g = new Frames();
    int same = g.cie(PCREL_SDATA4);
    int c = g.fde(same, code, 32, 8);
    int end = g.size();
    g.u32(12).u32(g.size() - same).u32(0).u32(16);
    int two = g.addTo(o);
    int data = o.data(".data", new byte[10 * 8]);
    int[][] places = {
      {one, cie}, {one, a}, {one, a + 5}, {one, noFunction}, {one, noFunction + 4},
      {one, b}, {one, last}, {two, same}, {two, c + 8}, {two, end}
    };
    for (int i = 0; i < places.length; i++) {
      o.reloc(data, 8L * i, TestArch.WORD, o.object("p" + i, places[i][0], places[i][1], 0), 0);
    }
    Linked linked = Linked.link(o, function(true, "second", 16));
    FrameTable frames = new FrameTable(linked);
    assertEquals(1, frames.cies().size());
    List<Long> fde = frames.fdes().stream().map(FrameTable.Fde::addr).toList();
    assertEquals(4, fde.size());
    long first = frames.cies().getFirst();
    long[] expected = {
      first,
      fde.get(0),
      fde.get(0) + 5,
      fde.get(1),
      fde.get(1),
      fde.get(1),
      fde.get(2),
      fde.get(2),
      fde.get(2) + 8,
      fde.get(3)
    };
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], linked.word(".data", i), "place " + i);
    }
  }

  /** crtend.o ends a table that has nothing else in it; without it there is none. */
  @Test
  void nothingButATerminator() {
    ObjectBuilder start = ObjectBuilder.wide();
    start.function("_start", start.code(".text", new byte[16]), 0, 16);
    ObjectBuilder crtend = ObjectBuilder.wide();
    new Frames().u32(0).addTo(crtend);
    Linked linked = Linked.link(WITH_HDR, start, crtend);
    assertEquals(4, linked.section(".eh_frame").bytes().byteSize());
    assertEquals(0, ElfClass.u32(linked.section(".eh_frame").bytes(), 0));
    assertEquals(0, ElfClass.u32(linked.section(".eh_frame_hdr").bytes(), 8));
    Linked without = Linked.link(WITH_HDR, start);
    assertNull(without.section(".eh_frame"));
    assertNull(without.section(".eh_frame_hdr"));
  }

  /** Code whose records have addresses of 64 bits, which may be anywhere. */
  private static ObjectBuilder far(String section, String name, int addend) {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(section, new byte[32]);
    o.function(name, text, 0, 32);
    Frames f = new Frames();
    int cie = f.cie(0x00);
    f.u32(24).u32(f.size() - cie);
    f.field(TestArch.WORD, o.sectionSymbol(text), addend).u32(0).u64(1).u32(0);
    f.addTo(o);
    return o;
  }

  private static Linked linkAt(String section, long addr, ObjectBuilder... objects) {
    return Linked.link(
        WITH_HDR.andThen(
            b -> b.set(LinkOption.SECTION_START, Map.of(section, addr, ".text", 0x500000L))),
        objects);
  }

  /** Rows hold distances of 32 bits with a sign: one byte more is an error. */
  @Test
  void codeOutOfReach() {
    ObjectBuilder near = far(".text", "_start", 0);
    long hdr = linkAt("far", 0x10000000, near, far("far", "f", 0)).section(".eh_frame_hdr").addr();
    long last = hdr + 0x7fffffff;
    int low = (int) (last & 15);
    Linked linked = linkAt("far", last - low, near, far("far", "f", low));
    assertEquals(hdr, linked.section(".eh_frame_hdr").addr());
    MemorySegment rows = linked.section(".eh_frame_hdr").bytes();
    assertEquals(2, ElfClass.u32(rows, 8));
    assertEquals(0x7fffffffL, ElfClass.u32(rows, 12 + 8));
    // the first one is named
    ObjectBuilder second = far("far", "g", 0);
    tooFar("obj1.o", last - low, near, far("far", "f", low + 1), second);
    tooFar("obj0.o", last - low + 16, far("far", "f", 0), second, near);
    tooFar("obj2.o", last - low, near, second, far("far", "f", 0));
  }

  /** There is no table then: unwinders read the records one after the other. */
  private static void tooFar(String file, long addr, ObjectBuilder... objects) {
    Linked linked = linkAt("far", addr, objects);
    assertEquals(
        "[warning: "
            + file
            + ": code is too far from .eh_frame_hdr for its 32-bit offsets;"
            + " exceptions are found without its table [frame-index]]",
        linked.diagnostics().toString());
    MemorySegment header = linked.section(".eh_frame_hdr").bytes();
    assertEquals(0xffff1b01, ElfClass.s32(header, 0));
    for (long at = 8; at < header.byteSize(); at += 4) {
      assertEquals(0, ElfClass.s32(header, at));
    }
  }

  /** The header itself must reach the records. */
  @Test
  void recordsOutOfReach() {
    ObjectBuilder o = far(".text", "_start", 0);
    long hdr = linkAt(".eh_frame", 0x10000000, o).section(".eh_frame_hdr").addr();
    long last = (hdr + 4 + 0x7fffffff) & -8;
    Linked linked = linkAt(".eh_frame", last, o);
    assertEquals(last - hdr - 4, ElfClass.u32(linked.section(".eh_frame_hdr").bytes(), 4));
    LinkException e = assertThrows(LinkException.class, () -> linkAt(".eh_frame", last + 8, o));
    assertTrue(e.getMessage().contains("too far from .eh_frame_hdr"), e.getMessage());
  }

  /** Where addresses have 32 bits, distances wrap around; rows are in the order of addresses. */
  @Test
  void rowsOfBothHalvesOfTheAddressSpace() {
    ObjectBuilder o = ObjectBuilder.narrow();
    String[] names = {"high", ".text", "middle", "low"};
    long[] addrs = {0xf0000000L, 0x20000, 0x88000000L, 0x1000};
    Frames f = new Frames();
    int cie = f.cie(0x00);
    Map<String, Long> at = new HashMap<>();
    for (int i = 0; i < names.length; i++) {
      int text = o.code(names[i], new byte[16]);
      o.function(i == 1 ? "_start" : names[i], text, 0, 16);
      f.u32(16).u32(f.size() - cie).field(TestArch.ABS32, o.sectionSymbol(text), 0).u32(8).u32(0);
      at.put(names[i], addrs[i]);
    }
    f.addTo(o);
    Linked linked = Linked.link(WITH_HDR.andThen(b -> b.set(LinkOption.SECTION_START, at)), o);
    Linked.Section hdr = linked.section(".eh_frame_hdr");
    assertEquals(4, ElfClass.u32(hdr.bytes(), 8));
    long[] sorted = addrs.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      assertEquals(
          sorted[i], hdr.addr() + ElfClass.s32(hdr.bytes(), 12 + 8L * i) & 0xffffffffL, "row " + i);
    }
  }

  @Test
  void unknownEncodingMakesNoTable() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", new byte[16]);
    o.function("_start", text, 0, 16);
    Frames f = new Frames();
    f.fde(f.cie(0x3b), o.sectionSymbol(text), 0, 16);
    f.addTo(o);
    Linked linked = Linked.link(WITH_HDR, o);
    MemorySegment hdr = linked.section(".eh_frame_hdr").bytes();
    assertEquals(8, hdr.byteSize());
    assertEquals(0xffff1b01L, ElfClass.u32(hdr, 0));
    assertTrue(linked.diagnostics().getFirst().message().contains("no .eh_frame_hdr table"));
  }

  @Test
  void withoutOptionNoHdr() {
    Linked linked = Linked.link(function(true, "_start", 16));
    assertNull(linked.section(".eh_frame_hdr"));
    assertNotNull(linked.section(".eh_frame"));
  }

  /** Position-independent output: what is absolute in a frame is left to the loader. */
  @Test
  void absoluteFieldsGetDynamicRelocations() {
    ObjectBuilder o = ObjectBuilder.narrow();
    int text = o.code(".text", new byte[16]);
    o.function("_start", text, 0, 16);
    Frames f = new Frames();
    int cie = f.cie(0x00);
    f.u32(16).u32(f.size() - cie).field(TestArch.ABS32, o.sectionSymbol(text), 4);
    f.u32(8).u32(0);
    f.addTo(o);
    Linked linked =
        Linked.link(
            b -> b.set(LinkOption.OUTPUT_KIND, OutputKind.PIE).set(LinkOption.EH_FRAME_HDR, true),
            o);
    Linked.Section eh = linked.section(".eh_frame");
    long field = eh.bytes().byteSize() - 4 - 12;
    assertEquals(linked.section(".text").addr() + 4, ElfClass.u32(eh.bytes(), field));
    assertEquals(eh.addr() + field, ElfClass.u32(linked.section(".rel.dyn").bytes(), 0));
    MemorySegment hdr = linked.section(".eh_frame_hdr").bytes();
    assertEquals(1, ElfClass.u32(hdr, 8));
    assertEquals(
        linked.section(".text").addr() + 4,
        linked.section(".eh_frame_hdr").addr() + ElfClass.s32(hdr, 12));
  }

  @Test
  void resultDoesNotDependOnThreads() {
    ObjectBuilder[] objects = new ObjectBuilder[200];
    for (int i = 0; i < objects.length; i++) {
      objects[i] =
          i % 3 == 1
              ? inGroup("g" + i / 9, 16)
              : function(true, i == 0 ? "_start" : "f" + i, 8 + i % 20);
    }
    byte[] one = Linked.link(WITH_HDR, objects).toArray();
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      byte[] four = Linked.link(WITH_HDR.andThen(b -> b.executor(pool, 4)), objects).toArray();
      assertArrayEquals(one, four);
    }
    Linked linked = Linked.link(WITH_HDR, objects);
    checkHdr(linked, new FrameTable(linked));
  }

  // Damaged input

  private static void refused(String reason, Consumer<Frames> frames) {
    refused(reason, frames, (o, s) -> {});
  }

  private interface Damage {
    void to(ObjectBuilder o, int ehFrame);
  }

  private static void refused(String reason, Consumer<Frames> frames, Damage damage) {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", new byte[16]);
    o.function("_start", text, 0, 16);
    o.sectionSymbol(text);
    Frames f = new Frames();
    frames.accept(f);
    damage.to(o, f.addTo(o));
    LinkException e = assertThrows(LinkException.class, () -> Linked.link(WITH_HDR, o));
    String message = e.getMessage();
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains("obj0.o:(.eh_frame+0x"), message);
  }

  @Test
  void damagedRecords() {
    refused("cut off", f -> f.u8(1, 2, 3));
    refused("cut off", f -> f.u32(0xffffffffL).u32(1));
    refused("invalid length", f -> f.u32(100).u32(0));
    refused("invalid length", f -> f.u32(3).u32(0));
    refused("invalid length", f -> f.u32(0xffffffffL).u64(Long.MIN_VALUE).u64(0));
    refused("invalid length", f -> f.u32(0xffffffffL).u64(-1).u64(0));
    refused("CIE that does not exist", f -> f.u32(12).u32(400).u64(0));
    refused("CIE that does not exist", f -> f.fde(f.cie(PCREL_SDATA4) + 4, 2, 0, 1));
    refused("CIE that does not exist", f -> f.fde(f.fde(f.cie(PCREL_SDATA4), 2, 0, 1), 2, 0, 1));
    refused("records follow", f -> f.u32(0).cie(PCREL_SDATA4));
  }

  @Test
  void damagedRelocations() {
    Consumer<Frames> sound = f -> f.fde(f.cie(PCREL_SDATA4), 2, 0, 16);
    refused("not sorted", sound, (o, s) -> o.reloc(s, 8, TestArch.PC32, 2, 0));
    refused(
        "CIE pointer",
        f -> {
          int cie = f.cie(PCREL_SDATA4);
          f.u32(12).field(TestArch.PC32, 2, f.size() - cie).u64(0);
        });
    refused("outside of its section", sound, (o, s) -> o.reloc(s, 4000, TestArch.PC32, 2, 0));
    refused("invalid symbol index", sound, (o, s) -> o.reloc(s, 36, TestArch.PC32, 77, 0));
    refused("outside of its section", sound, (o, s) -> o.reloc(s, 38, TestArch.PC32, 2, 0));
    refused(
        "after the last record",
        f -> {
          sound.accept(f);
          f.field(TestArch.PC32, 2, 0);
        });
  }

  /** Whatever the bytes are: a link that succeeds or a LinkException. */
  @Test
  void randomDamage() {
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      ObjectBuilder o = ObjectBuilder.wide();
      int text = o.code(".text", new byte[64]);
      o.function("_start", text, 0, 16);
      int section = o.sectionSymbol(text);
      Frames f = new Frames();
      int cie = f.cieWithPersonality(section);
      int other = f.cie("zPLR", 0x9b, 0, 0, 0, 0, 0x1b, PCREL_SDATA4);
      f.fde(cie, section, 0, 16);
      f.fde(other, section, 16, 16);
      int s = f.addTo(o);
      byte[] object = o.build();
      MemorySegment m = MemorySegment.ofArray(object);
      ElfClass elf = ElfClass.ELF64;
      long at = elf.shOffset(m, elf.shoff(m) + (long) s * elf.shdrSize);
      for (int n = random.nextInt(4); n >= 0; n--) {
        object[(int) at + random.nextInt(f.size())] =
            (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(9));
      }
      try {
        Linker.link(
            LinkRequest.builder()
                .arches(TestArch.ARCHES)
                .threads(1)
                .output(OutputSink.memory())
                .set(LinkOption.EH_FRAME_HDR, true)
                .input(InputSource.memory("o.o", object))
                .build());
      } catch (LinkException e) {
        assertTrue(e.getMessage().contains("o.o"), e.getMessage());
      }
    }
  }
}
