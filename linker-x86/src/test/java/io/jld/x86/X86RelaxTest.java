package io.jld.x86;

import static io.jld.arch.testkit.FakeLink.Trait.ABSOLUTE;
import static io.jld.arch.testkit.FakeLink.Trait.IFUNC;
import static io.jld.arch.testkit.FakeLink.Trait.PREEMPTIBLE;
import static io.jld.arch.testkit.FakeLink.Trait.UNDEFINED_WEAK;
import static io.jld.x86.X86Reloc.R_386_GOT32;
import static io.jld.x86.X86Reloc.R_386_GOT32X;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.arch.testkit.FakeLink;
import io.jld.link.OutputKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * GOT loads before and after. The bytes in an executable and in a PIE are those that GNU ld 2.40
 * writes.
 */
class X86RelaxTest {
  private static final long FOO = 0x08049073L;

  private static X86Fixture got(X86Fixture link, String code, int type, FakeLink.Trait... is) {
    return link.sym("foo", FOO, is).code(code).rel(2, type, "foo");
  }

  @ParameterizedTest
  @CsvSource({
    // movl, to %eax and %ecx, with and without a base register
    "8b 83 00000000, c7 c0 73 90 04 08",
    "8b 8b 00000000, c7 c1 73 90 04 08",
    "8b 0d 00000000, c7 c1 73 90 04 08",
    // call and jmp
    "ff 93 00000000, 67 e8 6d 00 00 00",
    "ff 15 00000000, 67 e8 6d 00 00 00",
    "ff a3 00000000, e9 6e 00 00 00 90",
    "ff 25 00000000, e9 6e 00 00 00 90",
    // test, cmp, add, sub, and, or, xor, adc, sbb
    "85 8b 00000000, f7 c1 73 90 04 08",
    "3b 8b 00000000, 81 f9 73 90 04 08",
    "03 0d 00000000, 81 c1 73 90 04 08",
    "2b 93 00000000, 81 ea 73 90 04 08",
    "23 93 00000000, 81 e2 73 90 04 08",
    "0b 93 00000000, 81 ca 73 90 04 08",
    "33 93 00000000, 81 f2 73 90 04 08",
    "13 93 00000000, 81 d2 73 90 04 08",
    "1b 93 00000000, 81 da 73 90 04 08",
  })
  void inAnExecutable(String before, String after) {
    X86Fixture link = got(X86Fixture.executable(), before, R_386_GOT32X);
    assertEquals(after, link.run());
    assertEquals("", link.needs());
  }

  @ParameterizedTest
  @CsvSource({
    "8b 83 00000000, 8d 83 73 e0 ff ff, ''",
    "8b 8e 00000000, 8d 8e 73 e0 ff ff, ''",
    "ff 93 00000000, 67 e8 6d 00 00 00, ''",
    "ff a3 00000000, e9 6e 00 00 00 90, ''",
    "85 8b 00000000, 85 8b fc ff ff ff, foo:GOT",
    "3b 8b 00000000, 3b 8b fc ff ff ff, foo:GOT",
    "ff b3 00000000, ff b3 fc ff ff ff, foo:GOT",
  })
  void inAPie(String before, String after, String needs) {
    X86Fixture link = got(X86Fixture.pie(), before, R_386_GOT32X);
    assertEquals(after, link.run());
    assertEquals(needs, link.needs());
    assertTrue(link.asked().contains("gotBase"));
  }

  @Test
  void absoluteSymbolsDoNotMove() {
    X86Fixture mov = got(X86Fixture.pie(), "8b 83 00000000", R_386_GOT32X, ABSOLUTE);
    assertEquals("c7 c0 73 90 04 08", mov.run());
    X86Fixture cmp = got(X86Fixture.shared(), "3b 8b 00000000", R_386_GOT32X, ABSOLUTE);
    assertEquals("81 f9 73 90 04 08", cmp.run());
    X86Fixture call = got(X86Fixture.pie(), "ff 93 00000000", R_386_GOT32X, ABSOLUTE);
    assertEquals("ff 93 fc ff ff ff", call.run());
    X86Fixture weak = X86Fixture.pie().sym("foo", 0, UNDEFINED_WEAK);
    assertEquals(
        "c7 c0 00 00 00 00", weak.code("8b 83 00000000").rel(2, R_386_GOT32X, "foo").run());
  }

  @Test
  void staysWhereTheSlotIsNeeded() {
    String code = "8b 83 00000000";
    String slot = "8b 83 fc ff ff ff";
    assertEquals(slot, got(X86Fixture.shared(), code, R_386_GOT32X, PREEMPTIBLE).run());
    assertEquals(slot, got(X86Fixture.executable(), code, R_386_GOT32X, IFUNC).run());
    assertEquals(slot, got(X86Fixture.executable(), code, R_386_GOT32).run());
    assertEquals(slot, got(new X86Fixture(OutputKind.EXECUTABLE, false), code, R_386_GOT32X).run());
    // An addend asks for the neighbour of the slot.
    assertEquals(
        "8b 83 00 00 00 00", got(X86Fixture.executable(), "8b 83 04000000", R_386_GOT32X).run());
    // ModRM 84 has a SIB byte behind it, and the byte before the field is that.
    assertEquals(
        "8b 84 93 fc ff ff ff",
        X86Fixture.executable()
            .sym("foo", FOO)
            .code("8b 84 93 00000000")
            .rel(3, R_386_GOT32X, "foo")
            .run());
  }

  @Test
  void withoutBaseRegisterTheFieldIsTheSlotsAddress() {
    X86Fixture link = got(X86Fixture.executable(), "8b 0d 00000000", R_386_GOT32);
    assertEquals("8b 0d fc af 04 08", link.run());
    // leal foo@GOT, %eax asks for the distance; so do an immediate operand and data.
    assertEquals(
        "8d 05 fc ff ff ff", got(X86Fixture.executable(), "8d 05 00000000", R_386_GOT32).run());
    assertEquals(
        "b8 fc ff ff ff",
        X86Fixture.executable()
            .sym("foo", FOO)
            .code("b8 00000000")
            .rel(1, R_386_GOT32, "foo")
            .run());
    assertEquals(
        "fc ff ff ff",
        X86Fixture.executable().sym("foo", FOO).code("00000000").rel(0, R_386_GOT32, "foo").run());
  }

  @Test
  void withoutBaseRegisterInPicIsAnError() {
    X86Fixture link = got(X86Fixture.shared(), "8b 0d 00000000", R_386_GOT32X);
    link.run();
    assertEquals(
        "[direct GOT relocation R_386_GOT32X against symbol 'foo' without base register can not be"
            + " used when making a shared object]",
        link.errors().toString());
  }
}
