package io.jld.gdbindex;

import static io.jld.gdbindex.DwarfWriter.*;
import static io.jld.testing.ObjectBuilder.filled;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.gdbindex.DwarfWriter.Address;
import io.jld.gdbindex.DwarfWriter.Attr;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class GdbIndexTest {
  private static final Consumer<LinkRequest.Builder> INDEX = b -> b.set(LinkOption.GDB_INDEX, true);

  private static final int C = 0x0c;
  private static final int CXX = 0x1a;

  private static Attr name(String s) {
    return new Attr(0x03, s.length() % 2 == 0 ? STRP : STRING, s);
  }

  private static Attr language(int code) {
    return new Attr(0x13, DATA2, code);
  }

  private static Attr flag(int name) {
    return new Attr(name, FLAG_PRESENT, null);
  }

  private static final Attr DECLARATION = flag(0x3c);
  private static final Attr EXTERNAL = flag(0x3f);

  private static Attr ref(int name, int to) {
    return new Attr(name, REF4, to);
  }

  private static ObjectBuilder builder(boolean wide) {
    return wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
  }

  private static Attr low(int section, long offset) {
    return new Attr(0x11, ADDR, new Address(section, offset));
  }

  private static Attr length(int n) {
    return new Attr(0x12, UDATA, n);
  }

  private static IndexReader index(Linked linked) {
    assertEquals(List.of(), linked.diagnostics());
    return new IndexReader(linked.section(".gdb_index").bytes());
  }

  private static boolean hasSection(Linked linked, String name) {
    byte[] image = linked.toArray();
    return new String(image, java.nio.charset.StandardCharsets.ISO_8859_1).contains(name + "\0");
  }

  /** A program with a unit of C++ whose names stand in its entries. */
  private static ObjectBuilder program(boolean wide, int version, boolean dwarf64) {
    ObjectBuilder o = builder(wide);
    int text = o.code(".text", filled(32, 0x77));
    int other = o.code(".text.other", filled(16, 0x78));
    o.function("_start", text, 0, 32);
    DwarfWriter w = new DwarfWriter(o, version, dwarf64);
    int list =
        w.ranges(
            new Address(text, 4), new Address(text, 20),
            new Address(other, 0), new Address(other, 16),
            new Address(text, 8), new Address(text, 8));
    w.begin(false, 0, 0);
    w.die(0x11, true, name("main.cc"), language(CXX), new Attr(0x55, SEC_OFFSET, list));
    w.die(0x24, false, name("int"));
    w.die(0x39, true, name("ns")); // namespace
    w.die(0x02, true, name("Box")); // class
    int get = w.die(0x2e, true, name("get"), EXTERNAL, DECLARATION);
    w.die(0x05, false); // a parameter
    w.end();
    int limit = w.die(0x34, false, name("limit"), EXTERNAL, DECLARATION);
    w.die(0x16, false, name("value_type"));
    w.end();
    w.die(0x04, true, name("Plain")); // enumeration
    w.die(0x28, false, name("one"));
    w.end();
    w.die(0x04, true, name("Scoped"), flag(0x6d));
    w.die(0x28, false, name("two"));
    w.end();
    w.die(0x39, true); // an anonymous namespace
    w.die(0x34, false, name("hidden"));
    w.end();
    w.end();
    int inline = w.die(0x2e, true, name("inl"), EXTERNAL);
    w.die(0x34, false, name("local"));
    w.end();
    w.die(0x2e, false, ref(0x47, get)); // definitions of members
    w.die(0x34, false, ref(0x47, limit));
    w.die(0x2e, false, ref(0x31, inline));
    w.die(0x2e, true, name("quiet"));
    w.die(0x13, true, name("Local"));
    w.end();
    w.end();
    w.die(0x13, true, name("Opaque"), DECLARATION);
    w.die(0x17, false, name("Inner"));
    w.end();
    w.die(0x08, false, name("alias")); // imported declaration
    w.end();
    w.finish();
    w.write(".debug_info");
    return o;
  }

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("int", "0 static type"),
          Map.entry("ns", "0 type"),
          Map.entry("ns::Box", "0 type"),
          Map.entry("ns::Box::value_type", "0 static type"),
          Map.entry("ns::Box::get", "0 function"),
          Map.entry("ns::Box::limit", "0 variable"),
          Map.entry("ns::Plain", "0 type"),
          Map.entry("ns::one", "0 variable"),
          Map.entry("ns::Scoped", "0 type"),
          Map.entry("ns::Scoped::two", "0 variable"),
          Map.entry("ns::(anonymous namespace)", "0 type"),
          Map.entry("ns::(anonymous namespace)::hidden", "0 static variable"),
          Map.entry("inl", "0 function"),
          Map.entry("quiet", "0 static function"),
          Map.entry("Opaque::Inner", "0 type"),
          Map.entry("alias", "0 type"));

  @ParameterizedTest
  @CsvSource({
    "true, 2, false",
    "true, 3, true",
    "true, 4, false",
    "true, 5, false",
    "true, 5, true",
    "false, 2, false",
    "false, 4, false",
    "false, 4, true",
    "false, 5, false"
  })
  void namesOfEntries(boolean wide, int version, boolean dwarf64) {
    Linked linked = Linked.link(INDEX, program(wide, version, dwarf64));
    IndexReader x = index(linked);
    assertEquals(7, x.version());
    assertEquals(new java.util.TreeMap<>(NAMES), x.names());
    long info = linked.section(".debug_info").bytes().byteSize();
    assertEquals(List.of("0 " + Long.toHexString(info)), x.units());
    assertEquals(List.of(), x.types());
    long text = linked.section(".text").addr();
    assertEquals(
        List.of(
            Long.toHexString(text + 4) + " " + Long.toHexString(text + 20) + " 0",
            Long.toHexString(text + 32) + " " + Long.toHexString(text + 48) + " 0"),
        x.areas());
    assertNull(x.find("local"));
    assertNull(x.find("NS"), "only hashes ignore the case");
  }

  /** Without {@code --gdb-index}, without debug information, and without what was stripped. */
  @Test
  void onlyWhereItIsWanted() {
    ObjectBuilder plain = ObjectBuilder.wide();
    plain.function("_start", plain.code(".text", filled(4, 1)), 0, 4);
    Consumer<LinkRequest.Builder> stripped =
        INDEX.andThen(b -> b.set(LinkOption.STRIP, LinkOption.Strip.DEBUG));
    ObjectBuilder debug = program(true, 5, false);
    assertFalse(hasSection(Linked.link(debug), ".gdb_index"));
    assertFalse(hasSection(Linked.link(INDEX, plain), ".gdb_index"));
    assertFalse(hasSection(Linked.link(stripped, debug), ".gdb_index"));
  }

  /** Listed names are taken from their list, and the list is not linked. */
  @ParameterizedTest
  @CsvSource({"true, 5, false", "true, 4, true", "false, 4, false"})
  void listedNames(boolean wide, int version, boolean dwarf64) {
    ObjectBuilder o = builder(wide);
    int text = o.code(".text", filled(32, 0x77));
    o.function("_start", text, 0, 32);
    DwarfWriter w = new DwarfWriter(o, version, dwarf64);
    int first = w.begin(false, 0, 0);
    w.die(0x11, true, name("a.c"), language(C), low(text, 0), length(16));
    w.die(0x2e, false, name("listed"), EXTERNAL);
    w.end();
    w.finish();
    w.begin(false, 0, 0);
    w.die(0x11, true, name("b.c"), language(C), low(text, 16), length(16));
    w.die(0x2e, false, name("walked"), EXTERNAL);
    w.end();
    w.finish();
    int info = w.write(".debug_info");
    w.list(".debug_gnu_pubnames", info, first, 0x30, "f", 0xa0, "v");
    w.list(".debug_gnu_pubtypes", info, first, 0x90, "t", 0x30, "f");
    Linked linked = Linked.link(INDEX, o);
    IndexReader x = index(linked);
    assertEquals(
        Map.of(
            "f", "0 function",
            "v", "0 static variable",
            "t", "0 static type",
            "walked", "1 function"),
        x.names());
    assertEquals(2, x.units().size());
    assertEquals(2, x.areas().size());
    assertFalse(hasSection(linked, ".debug_gnu_pubnames"));
    assertFalse(hasSection(linked, ".debug_gnu_pubtypes"));
    assertTrue(hasSection(Linked.link(o), ".debug_gnu_pubnames"));
  }

  private static void typeUnit(ObjectBuilder o, int version, String section, boolean group) {
    DwarfWriter w = new DwarfWriter(o, version, false);
    w.begin(true, 0x1122334455667788L, 0x99);
    w.die(0x41, true, language(CXX));
    w.die(0x13, false, name("Shared"));
    w.end();
    w.finish();
    int units = w.write(section);
    if (group) {
      o.group(o.symbol("sig", 1, 0, 0, 0, 0, 0), true, units);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, 4", "true, 5", "false, 4", "false, 5"})
  void typeUnits(boolean wide, int version) {
    ObjectBuilder a = program(wide, version, false);
    ObjectBuilder b = builder(wide);
    String section = version == 4 ? ".debug_types" : ".debug_info";
    int sig = a.sectionSymbol(1);
    typeUnit(a, version, section, false);
    Linked linked = Linked.link(INDEX, a);
    IndexReader x = index(linked);
    assertEquals(1, x.units().size());
    assertEquals("1 type", x.find("Shared"), "numbers of type units follow");
    assertEquals(1, x.types().size());
    assertTrue(x.types().getFirst().endsWith(" 99 1122334455667788"), x.types()::toString);
    assertNotNull(x.find("ns::Box::get"));
    assertTrue(sig > 0 && b.is64() == wide);
  }

  /** GDB can't tell to which of the sections an entry of the type list belongs. */
  @Test
  void bothKindsOfTypeUnitsAreRefused() {
    ObjectBuilder a = program(true, 5, false);
    ObjectBuilder b = ObjectBuilder.wide();
    typeUnit(a, 5, ".debug_info", false);
    typeUnit(b, 4, ".debug_types", false);
    Linked linked = Linked.link(INDEX, a, b);
    assertEquals(1, linked.diagnostics().size());
    assertTrue(linked.diagnostics().getFirst().message().contains("type units"));
    assertFalse(hasSection(linked, ".gdb_index"));
  }

  /** What is not linked has no address; its names stay, as the debug information does. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void deadCode(boolean wide) {
    Consumer<LinkRequest.Builder> collect = INDEX.andThen(b -> b.set(LinkOption.GC_SECTIONS, true));
    Linked linked = Linked.link(collect, program(wide, 5, false));
    IndexReader x = index(linked);
    assertEquals(1, x.areas().size());
    assertEquals(NAMES.size(), x.names().size());
  }

  /** The same for any number of threads, and names of many units in order. */
  @Test
  void manyObjects() {
    int n = 60;
    InputSource[] inputs = new InputSource[n];
    for (int i = 0; i < n; i++) {
      ObjectBuilder o = ObjectBuilder.wide();
      int text = o.code(".text", filled(16, i));
      o.function(i == 0 ? "_start" : "f" + i, text, 0, 16);
      DwarfWriter w = new DwarfWriter(o, 5, false);
      w.begin(false, 0, 0);
      w.die(0x11, true, name("a.c"), language(C), low(text, 0), length(16));
      w.die(0x24, false, name("int"));
      w.die(0x2e, false, name("f" + i), EXTERNAL);
      for (int k = 0; k < 50; k++) {
        w.die(0x16, false, name("t" + (i + k)));
      }
      w.end();
      w.finish();
      w.write(".debug_info");
      inputs[i] = o.source("o" + i + ".o");
    }
    byte[][] images = new byte[2][];
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      for (int t = 0; t < 2; t++) {
        LinkRequest.Builder b =
            LinkRequest.builder().arches(TestArch.ARCHES).output(OutputSink.memory());
        b.executor(pool, 1 + 3 * t);
        INDEX.accept(b);
        for (InputSource in : inputs) {
          b.input(in);
        }
        images[t] = Linker.link(b.build()).bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
      }
    }
    assertArrayEquals(images[0], images[1]);
  }

  /** A unit whose names are in another file alone is no reason for an index without them. */
  @Test
  void splitUnitWithoutAList() {
    ObjectBuilder o = program(true, 5, false);
    ObjectBuilder split = ObjectBuilder.wide();
    DwarfWriter w = new DwarfWriter(split, 5, false);
    w.begin(false, 0, 0);
    w.die(0x11, false, new Attr(0x76, STRING, "a.dwo"));
    w.finish();
    int info = w.write(".debug_info");
    Linked linked = Linked.link(INDEX, o, split);
    assertEquals(1, linked.diagnostics().size());
    assertTrue(linked.diagnostics().getFirst().message().contains(".dwo"));
    assertFalse(hasSection(linked, ".gdb_index"));
    w.list(".debug_gnu_pubnames", info, 0, 0x30, "f");
    assertEquals("1 function", index(Linked.link(INDEX, o, split)).find("f"));
  }

  /** With link-time optimization names stand in one object, and addresses in another. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void entriesOfOtherObjects(boolean wide) {
    ObjectBuilder early = builder(wide);
    DwarfWriter w = new DwarfWriter(early, 5, false);
    w.begin(false, 0, 0);
    w.die(0x11, true, name("a.cc"), language(CXX));
    int space = w.die(0x39, true, name("ns"));
    int f = w.die(0x2e, false, name("f"), EXTERNAL);
    w.end();
    w.end();
    w.finish();
    early.symbol("a.cc.1234", 1, 0, 2, w.write(".debug_info"), 0, 0);
    ObjectBuilder late = builder(wide);
    int text = late.code(".text", filled(32, 0x77));
    late.function("_start", text, 0, 32);
    int there = late.undefined("a.cc.1234");
    w = new DwarfWriter(late, 5, false);
    w.begin(false, 0, 0);
    w.die(0x11, true, name("<artificial>"), language(CXX), low(text, 0), length(32));
    w.die(0x39, true, new Attr(0x31, REF_ADDR, new DwarfWriter.Symbol(there, space)));
    w.die(0x2e, false, new Attr(0x31, REF_ADDR, new DwarfWriter.Symbol(there, f)));
    w.end();
    w.end();
    w.finish();
    w.write(".debug_info");
    IndexReader x = index(Linked.link(INDEX, late, early));
    assertEquals(Map.of("ns", "0 type, 1 type", "ns::f", "0 function, 1 function"), x.names());
  }

  /** Whatever is damaged, there is an output, and a warning that says where the damage is. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void damage(boolean wide) {
    ObjectBuilder o = program(wide, 5, false);
    byte[] sound = o.build();
    Random random = new Random(14);
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = sound.clone();
      int from = 64 + 48 + random.nextInt(sound.length / 2);
      for (int k = 0; k <= random.nextInt(3); k++) {
        bytes[Math.min(from + random.nextInt(16), bytes.length - 1)] = (byte) random.nextInt();
      }
      LinkRequest.Builder b =
          LinkRequest.builder().arches(TestArch.ARCHES).output(OutputSink.memory()).threads(1);
      b.input(InputSource.memory("bad.o", bytes));
      INDEX.accept(b);
      try {
        for (var d : Linker.link(b.build()).diagnostics()) {
          if (d.message().contains("no .gdb_index is made")) {
            assertEquals("bad.o", d.location().file());
            refused++;
          }
        }
      } catch (LinkException e) {
        assertFalse(e.diagnostics().isEmpty()); // what the link itself depends on
      }
    }
    assertTrue(refused > 100, "refused: " + refused);
  }

  /** Many units may share a long table: they must not all read it. */
  @Test
  void sharedTablesAreReadOnce() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", filled(32, 0x77));
    o.function("_start", text, 0, 32);
    DwarfWriter w = new DwarfWriter(o, 4, false);
    Address[] list = new Address[4000];
    for (int i = 0; i < list.length; i++) {
      list[i] = new Address(text, i % 2 == 0 ? 0 : 4);
    }
    int ranges = w.ranges(list);
    for (int i = 0; i < 3000; i++) {
      w.begin(false, 0, 0);
      w.die(0x11, false, new Attr(0x55, SEC_OFFSET, ranges));
      w.finish();
    }
    w.write(".debug_info");
    Linked linked = Linked.link(INDEX, o);
    assertEquals(1, linked.diagnostics().size());
    assertTrue(linked.diagnostics().getFirst().message().contains("out of proportion"));
  }
}
