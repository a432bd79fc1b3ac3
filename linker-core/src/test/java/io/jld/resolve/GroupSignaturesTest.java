package io.jld.resolve;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The signature of a COMDAT group (gABI, "Section Groups") is the name of a symbol, whatever kind
 * of symbol it is; that of a section symbol without a name is its section's.
 */
class GroupSignaturesTest {
  private static final String NAME = "sig";

  /** The bytes that are linked of objects, each with a group whose byte is the object's number. */
  @SafeVarargs
  private static String linked(boolean wide, ToIntFunction<ObjectBuilder>... signatures) {
    ObjectBuilder[] objects = new ObjectBuilder[signatures.length + 1];
    for (int i = 0; i < signatures.length; i++) {
      ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
      byte[] content = {(byte) ('1' + i)};
      int member = o.section("member", SHT_PROGBITS, SHF_ALLOC, 1, 0, content);
      o.group(signatures[i].applyAsInt(o), true, member);
      objects[i] = o;
    }
    ObjectBuilder start = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    start.function("_start", start.code(".text", new byte[4]), 0, 4);
    objects[signatures.length] = start;
    MemorySegment bytes = Linked.link(objects).section("member").bytes();
    return new String(
        bytes.toArray(ValueLayout.JAVA_BYTE), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static int section(ObjectBuilder o, String name) {
    return o.section(name, SHT_PROGBITS, SHF_ALLOC, 1, 0, new byte[1]);
  }

  private static int global(ObjectBuilder o) {
    return o.symbol(NAME, STB_WEAK, STT_FUNC, STV_DEFAULT, section(o, "of_global"), 0, 0);
  }

  private static int local(ObjectBuilder o) {
    return o.local(NAME, section(o, "of_local"), 0);
  }

  private static int undefined(ObjectBuilder o) {
    return o.symbol(NAME, STB_WEAK, STT_NOTYPE, STV_DEFAULT, 0, 0, 0);
  }

  private static int ofSection(ObjectBuilder o) {
    return o.sectionSymbol(section(o, NAME));
  }

  private static int namedSectionSymbol(ObjectBuilder o) {
    return o.symbol(NAME, STB_LOCAL, STT_SECTION, STV_DEFAULT, section(o, "other"), 0, 0);
  }

  private static int nameless(ObjectBuilder o) {
    return o.local("", section(o, NAME), 0);
  }

  private static int namelessOfNoSection(ObjectBuilder o) {
    return o.symbol("", STB_LOCAL, STT_SECTION, STV_DEFAULT, SHN_ABS, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void symbolsOfAllKindsThatHaveOneName(boolean wide) {
    assertEquals(
        "1",
        linked(
            wide,
            GroupSignaturesTest::global,
            GroupSignaturesTest::local,
            GroupSignaturesTest::undefined,
            GroupSignaturesTest::ofSection,
            GroupSignaturesTest::namedSectionSymbol));
    assertEquals(
        "1", linked(wide, GroupSignaturesTest::ofSection, GroupSignaturesTest::namedSectionSymbol));
    assertEquals("1", linked(wide, GroupSignaturesTest::local, GroupSignaturesTest::ofSection));
  }

  /** The name of its section is that of a section symbol alone. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void symbolsWithoutAName(boolean wide) {
    assertEquals(
        "12",
        linked(
            wide,
            GroupSignaturesTest::ofSection,
            GroupSignaturesTest::nameless,
            GroupSignaturesTest::namelessOfNoSection));
    assertEquals("1", linked(wide, o -> o.sectionSymbol(section(o, "x")), o -> o.local("x", 1, 0)));
    assertEquals(
        "12",
        linked(wide, o -> o.sectionSymbol(section(o, "x")), o -> o.sectionSymbol(section(o, "y"))));
  }
}
