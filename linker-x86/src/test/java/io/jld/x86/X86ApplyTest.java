package io.jld.x86;

import static io.jld.arch.testkit.FakeLink.Trait.ABSOLUTE;
import static io.jld.arch.testkit.FakeLink.Trait.DISCARDED;
import static io.jld.arch.testkit.FakeLink.Trait.FUNCTION;
import static io.jld.arch.testkit.FakeLink.Trait.IFUNC;
import static io.jld.arch.testkit.FakeLink.Trait.PREEMPTIBLE;
import static io.jld.x86.X86Reloc.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.arch.testkit.FakeLink;
import io.jld.asmb.Slice;
import io.jld.link.OutputKind;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses, displacements, and what they ask for in each kind of output. */
class X86ApplyTest {
  private static final long FOO = 0x0804a010L;

  private static String run(X86Fixture link, String after) {
    assertEquals(after, link.run(), () -> link.errors().toString());
    assertEquals("[]", link.errors().toString());
    return link.needs();
  }

  private static X86Fixture word(X86Fixture link, FakeLink.Trait... is) {
    return link.sym("foo", FOO, is).code("04000000").rel(0, R_386_32, "foo");
  }

  @Test
  void words() {
    assertEquals("", run(word(X86Fixture.executable()), "14 a0 04 08"));
    assertEquals("RELATIVE", run(word(X86Fixture.pie()), "14 a0 04 08"));
    assertEquals("RELATIVE", run(word(X86Fixture.shared().writable()), "14 a0 04 08"));
    assertEquals("", run(word(X86Fixture.shared(), ABSOLUTE), "14 a0 04 08"));
    // The loader adds S to the addend that is left in place.
    assertEquals(
        "R_386_32:foo", run(word(X86Fixture.shared().writable(), PREEMPTIBLE), "04 00 00 00"));
    assertEquals("R_386_32:foo", run(word(X86Fixture.pie(), PREEMPTIBLE, FUNCTION), "04 00 00 00"));
    assertEquals(
        "R_386_32:foo",
        run(word(X86Fixture.dynamicExecutable().writable(), PREEMPTIBLE), "04 00 00 00"));
    assertEquals("foo:COPY", run(word(X86Fixture.dynamicExecutable(), PREEMPTIBLE), "14 d0 04 08"));
    assertEquals(
        "foo:CANONICAL_PLT",
        run(word(X86Fixture.dynamicExecutable(), PREEMPTIBLE, FUNCTION), "14 88 04 08"));
  }

  @Test
  void wordsOfIfuncs() {
    X86Fixture pie =
        X86Fixture.pie().sym("foo", FOO, IFUNC).writable().code("00000000").rel(0, R_386_32, "foo");
    assertEquals("IRELATIVE", run(pie, "10 a0 04 08"));
    X86Fixture fixed =
        X86Fixture.executable().sym("foo", FOO, IFUNC).code("00000000").rel(0, R_386_32, "foo");
    assertEquals("foo:CANONICAL_PLT", run(fixed, "10 88 04 08"));
    X86Fixture offset = word(X86Fixture.pie(), IFUNC);
    offset.run();
    assertEquals(1, offset.errors().size());
  }

  @Test
  void aWordAndACallOfOneSymbol() {
    // The canonical entry is the symbol's value for the code; the word in writable data is the
    // loader's all the same.
    X86Fixture link = X86Fixture.dynamicExecutable().sym("foo", 0, PREEMPTIBLE, FUNCTION);
    run(link.code("b8 00000000").rel(1, R_386_32, "foo"), "b8 10 88 04 08");
    run(link.nextSection().writable().code("04000000").rel(0, R_386_32, "foo"), "04 00 00 00");
    assertEquals("R_386_32:foo foo:CANONICAL_PLT", link.needs());
  }

  private static X86Fixture pc32(X86Fixture link, String code, FakeLink.Trait... is) {
    return link.sym("foo", FOO, is)
        .code(code)
        .rel(code.replace(" ", "").length() / 2 - 4, R_386_PC32, "foo");
  }

  @Test
  void displacements() {
    assertEquals("", run(pc32(X86Fixture.executable(), "e8 fcffffff"), "e8 0b 10 00 00"));
    assertEquals("", run(pc32(X86Fixture.shared(), "e8 fcffffff"), "e8 0b 10 00 00"));
    FakeLink.Trait[] function = {PREEMPTIBLE, FUNCTION};
    assertEquals(
        "foo:PLT",
        run(pc32(X86Fixture.dynamicExecutable(), "e8 fcffffff", function), "e8 0b f8 ff ff"));
    assertEquals(
        "foo:PLT",
        run(pc32(X86Fixture.dynamicExecutable(), "e9 fcffffff", function), "e9 0b f8 ff ff"));
    assertEquals(
        "foo:PLT",
        run(pc32(X86Fixture.dynamicExecutable(), "0f 85 fcffffff", function), "0f 85 0a f8 ff ff"));
    // In data a displacement may be a pointer.
    assertEquals(
        "foo:CANONICAL_PLT",
        run(pc32(X86Fixture.dynamicExecutable(), "00000000", function), "10 f8 ff ff"));
    assertEquals("foo:COPY", run(pc32(X86Fixture.pie(), "00000000", PREEMPTIBLE), "10 40 00 00"));
    assertEquals(
        "R_386_PC32:foo", run(pc32(X86Fixture.pie(), "e8 fcffffff", function), "e8 fc ff ff ff"));
    assertEquals(
        "R_386_PC32:foo",
        run(pc32(X86Fixture.shared(), "e8 fcffffff", PREEMPTIBLE), "e8 fc ff ff ff"));
    assertEquals(
        "foo:PLT", run(pc32(X86Fixture.executable(), "e8 fcffffff", IFUNC), "e8 0b f8 ff ff"));
    X86Fixture ifunc = pc32(X86Fixture.pie(), "e8 fcffffff", IFUNC);
    ifunc.run();
    assertEquals(
        "[relocation R_386_PC32 against STT_GNU_IFUNC symbol 'foo' can not be used when making a"
            + " PIE object, where only calls through the PLT and loads from the GOT reach it;"
            + " recompile with -fPIE, and declare it with default visibility where it is used]",
        ifunc.errors().toString());
    X86Fixture hidden =
        X86Fixture.shared().sym("foo", FOO, IFUNC).code("00000000").rel(0, R_386_GOTOFF, "foo");
    hidden.run();
    assertEquals(
        "[relocation R_386_GOTOFF against STT_GNU_IFUNC symbol 'foo' can not be used when making a"
            + " shared object, where only calls through the PLT and loads from the GOT reach it;"
            + " declare it with default visibility where it is used]",
        hidden.errors().toString());
  }

  @Test
  void calls() {
    X86Fixture direct =
        X86Fixture.shared().sym("foo", FOO).code("e8 fcffffff").rel(1, R_386_PLT32, "foo");
    assertEquals("", run(direct, "e8 0b 10 00 00"));
    X86Fixture plt =
        X86Fixture.shared()
            .sym("foo", FOO, PREEMPTIBLE)
            .code("e8 fcffffff")
            .rel(1, R_386_PLT32, "foo");
    assertEquals("foo:PLT", run(plt, "e8 0b f8 ff ff"));
    X86Fixture ifunc =
        X86Fixture.pie().sym("foo", FOO, IFUNC).code("e8 fcffffff").rel(1, R_386_PLT32, "foo");
    assertEquals("foo:PLT", run(ifunc, "e8 0b f8 ff ff"));
  }

  /** As Go does: call __x86.get_pc_thunk.bx; movl slot(%ebx), %ebx. */
  @Test
  void slotsAreFoundFromTheCodesOwnAddress() {
    String load = "e8 00000000 8b 9b 02000000";
    X86Fixture got =
        X86Fixture.pie()
            .sym("foo", FOO)
            .code(load)
            .rel(7, R_386_GOTPC, "")
            .rel(7, R_386_GOT32, "foo");
    assertEquals("foo:GOT", run(got, "e8 00 00 00 00 8b 9b f7 1f 00 00"));
    X86Fixture tls =
        X86Fixture.shared()
            .sym("x", 0x0804a008L, FakeLink.Trait.TLS)
            .code(load)
            .rel(7, R_386_GOTPC, "")
            .rel(7, R_386_TLS_GOTIE, "x");
    assertEquals("STATIC_TLS x:TP_OFF", run(tls, "e8 00 00 00 00 8b 9b f3 1f 00 00"));
    // Without an addend the instruction is rewritten, and the register is not used.
    X86Fixture relaxed =
        X86Fixture.executable()
            .sym("x", 0x0804a008L, FakeLink.Trait.TLS)
            .code("8b 9b 00000000")
            .rel(2, R_386_GOTPC, "")
            .rel(2, R_386_TLS_GOTIE, "x");
    assertEquals("", run(relaxed, "c7 c3 f4 ff ff ff"));
    // The field behind is another one.
    X86Fixture apart =
        X86Fixture.pie()
            .sym("foo", FOO)
            .code("02000000 00000000")
            .rel(0, R_386_GOTPC, "")
            .rel(4, R_386_GOT32, "foo");
    assertEquals("foo:GOT", run(apart, "02 20 00 00 fc ff ff ff"));
  }

  @Test
  void gotRelative() {
    X86Fixture link =
        X86Fixture.pie().sym("foo", FOO).sym("_GLOBAL_OFFSET_TABLE_", X86Fixture.GOT_BASE);
    link.code("81 c3 02000000 8d 83 00000000")
        .rel(2, R_386_GOTPC, "_GLOBAL_OFFSET_TABLE_")
        .rel(8, R_386_GOTOFF, "foo");
    assertEquals("", run(link, "81 c3 00 20 00 00 8d 83 10 f0 ff ff"));
    assertEquals(true, link.asked().contains("gotBase"));
    X86Fixture shared =
        X86Fixture.shared()
            .sym("foo", FOO, PREEMPTIBLE)
            .code("00000000")
            .rel(0, R_386_GOTOFF, "foo");
    shared.run();
    assertEquals(
        "[relocation R_386_GOTOFF against symbol 'foo' can not be used when making a shared object;"
            + " recompile with -fPIC]",
        shared.errors().toString());
  }

  @Test
  void sizes() {
    X86Fixture link =
        X86Fixture.executable().sym("foo", FOO).code("01000000").rel(0, R_386_SIZE32, "foo");
    assertEquals("", run(link, "0d 00 00 00"));
    X86Fixture shared =
        X86Fixture.shared()
            .sym("foo", FOO, PREEMPTIBLE)
            .code("01000000")
            .rel(0, R_386_SIZE32, "foo");
    assertEquals("R_386_SIZE32:foo", run(shared, "01 00 00 00"));
  }

  /** As GNU ld 2.40: bit fields of 16 and 8 bits, a signed byte for short jumps. */
  @ParameterizedTest
  @CsvSource({
    "20, 0xffff, 'ff ff 00', ''",
    "20, 0x10000, '', 'out of range: 65536 is not in [-65536, 65535]'",
    "20, 0xffff8000, '00 80 00', ''",
    "20, 0xffff7fff, 'ff 7f 00', ''",
    "20, 0xfffeffff, '', 'out of range: -65537 is not in [-65536, 65535]'",
    "21, 0x08059000, '', 'out of range: 65536 is not in [-65536, 65535]'",
    "21, 0x08058fff, 'ff ff 00', ''",
    "21, 0x08039000, '00 00 00', ''",
    "21, 0x08038fff, '', 'out of range: -65537 is not in [-65536, 65535]'",
    "22, 0xff, 'ff 00 00', ''",
    "22, 0x100, '', 'out of range: 256 is not in [-256, 255]'",
    "22, 0xffffff7f, '7f 00 00', ''",
    "23, 0x0804907f, '7f 00 00', ''",
    "23, 0x08049080, '', 'out of range: 128 is not in [-128, 127]'",
    "23, 0x08048f80, '80 00 00', ''",
    "23, 0x08048f7f, '', 'out of range: -129 is not in [-128, 127]'",
  })
  void narrowFields(int type, String value, String after, String error) {
    X86Fixture link =
        X86Fixture.executable().sym("foo", Long.decode(value)).code("000000").rel(0, type, "foo");
    String bytes = link.run();
    assertEquals(error.isEmpty() ? "[]" : "[" + error + "]", link.errors().toString());
    if (error.isEmpty()) {
      assertEquals(after, bytes);
    }
  }

  @Test
  void debugInformation() {
    X86Fixture link =
        X86Fixture.pie().sym("foo", FOO).sym("gone", 0, DISCARDED).code("04000000 05000000 0000");
    link.rel(0, R_386_32, "foo").rel(4, R_386_32, "gone").rel(8, R_386_16, "gone");
    assertEquals("14 a0 04 08 01 00 00 00 01 00", link.debug());
    X86Fixture got = X86Fixture.pie().sym("foo", FOO).code("00000000").rel(0, R_386_GOT32, "foo");
    got.applyDebug();
    assertEquals(
        "[relocation R_386_GOT32 can not be used in a section that is not loaded]",
        got.errors().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "5, relocation R_386_COPY is the loader's and has no place in an object file",
    "42, relocation R_386_IRELATIVE is the loader's and has no place in an object file",
    "25, unsupported relocation R_386_TLS_GD_PUSH",
    "12, unknown relocation type 12",
    "200, unknown relocation type 200",
  })
  void refused(int type, String message) {
    X86Fixture link = X86Fixture.executable().sym("foo", FOO).code("00000000").rel(0, type, "foo");
    link.run();
    assertEquals("[" + message + "]", link.errors().toString());
  }

  @Test
  void implicitAddends() {
    X86 arch = new X86();
    Slice content = Slice.of(new byte[] {(byte) 0xfc, -1, -1, -1, 0x7f});
    assertEquals(-4, arch.implicitAddend(R_386_PC32, content, 0));
    assertEquals(0x7fffffff, arch.implicitAddend(R_386_GOT32X, content, 1));
    assertEquals(0, arch.implicitAddend(R_386_32, content, 2));
    assertEquals(0, arch.implicitAddend(R_386_32, content, -1));
    assertEquals(0, arch.implicitAddend(R_386_32, content, Long.MAX_VALUE));
    assertEquals(-1, arch.implicitAddend(R_386_16, content, 1));
    assertEquals(-4, arch.implicitAddend(R_386_8, content, 0));
    assertEquals(0, arch.implicitAddend(R_386_NONE, content, 0));
    assertEquals(0, arch.implicitAddend(999, content, 0));
  }

  /**
   * Whatever stands in a file: no exception but the errors, and apply uses only slots that the scan
   * asked for.
   */
  @Test
  void hostileSections() {
    Random random = new Random(42);
    OutputKind[] kinds = {OutputKind.EXECUTABLE, OutputKind.PIE, OutputKind.SHARED};
    byte[] opcodes = {
      (byte) 0x8d, (byte) 0x8b, 0x03, 0x2b, (byte) 0x83, 0x04, 0x1d, (byte) 0xe8, (byte) 0xff
    };
    for (int round = 0; round < 20_000; round++) {
      OutputKind kind = kinds[random.nextInt(kinds.length)];
      X86Fixture link = new X86Fixture(kind, random.nextBoolean());
      if (random.nextBoolean()) {
        link.dynamic();
      }
      if (random.nextBoolean()) {
        link.writable();
      }
      FakeLink.Trait[] all = FakeLink.Trait.values();
      for (String name : new String[] {"a", "b", "___tls_get_addr"}) {
        link.sym(name, random.nextInt(), all[random.nextInt(all.length)]);
      }
      StringBuilder code = new StringBuilder();
      int size = 1 + random.nextInt(24);
      for (int i = 0; i < size; i++) {
        int b = random.nextBoolean() ? opcodes[random.nextInt(opcodes.length)] : 0;
        code.append(String.format("%02x", b & 0xff));
      }
      link.code(code.toString());
      for (int i = random.nextInt(4); i >= 0; i--) {
        String name = new String[] {"", "a", "b", "___tls_get_addr"}[random.nextInt(4)];
        link.rel(random.nextInt(size), random.nextInt(45), name);
      }
      link.run();
      link.applyDebug();
    }
  }
}
