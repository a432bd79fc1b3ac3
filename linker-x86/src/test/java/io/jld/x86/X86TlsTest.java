package io.jld.x86;

import static io.jld.arch.testkit.FakeLink.Trait.FUNCTION;
import static io.jld.arch.testkit.FakeLink.Trait.PREEMPTIBLE;
import static io.jld.arch.testkit.FakeLink.Trait.TLS;
import static io.jld.x86.X86Reloc.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.OutputKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TLS sequences before and after. {@code x} lies 8 bytes into the TLS block, 12 bytes below the
 * thread pointer; the bytes in a static executable are those that GNU ld 2.40 writes, but for the
 * sequence without {@code nop}.
 */
class X86TlsTest {
  private static final long X = 0x0804a008L;

  private static X86Fixture executable() {
    return X86Fixture.executable().sym("x", X, TLS).sym("___tls_get_addr", 0x08049100L, FUNCTION);
  }

  /** {@code x} and the function are defined by shared libraries. */
  private static X86Fixture preemptible(X86Fixture link) {
    return link.sym("x", 0, TLS, PREEMPTIBLE).sym("___tls_get_addr", 0, FUNCTION, PREEMPTIBLE);
  }

  private static X86Fixture local(X86Fixture link) {
    return link.sym("x", X, TLS).sym("___tls_get_addr", 0, FUNCTION, PREEMPTIBLE);
  }

  private static X86Fixture gd(X86Fixture link, String code) {
    return sequence(link, code, R_386_TLS_GD, "x");
  }

  private static X86Fixture ld(X86Fixture link, String code) {
    return sequence(link, code, R_386_TLS_LDM, "");
  }

  /** The code with {@code |} before each field. */
  private static X86Fixture sequence(X86Fixture link, String code, int type, String sym) {
    String packed = code.replace(" ", "");
    int first = packed.indexOf('|') / 2;
    int second = (packed.indexOf('|', packed.indexOf('|') + 1) - 1) / 2;
    boolean indirect = packed.substring(2 * first + 9).startsWith("ff");
    return link.code(code)
        .rel(first, type, sym)
        .rel(second, indirect ? R_386_GOT32X : R_386_PLT32, "___tls_get_addr");
  }

  @ParameterizedTest
  @CsvSource({
    "8d 04 1d|00000000 e8|fcffffff,    65 a1 00 00 00 00 81 e8 0c 00 00 00",
    "8d 83|00000000 e8|fcffffff 90,    65 a1 00 00 00 00 81 e8 0c 00 00 00",
    "8d 81|00000000 ff 91|00000000,    65 a1 00 00 00 00 81 e8 0c 00 00 00",
    "8d 83|00000000 67 e8|fcffffff,    65 a1 00 00 00 00 81 e8 0c 00 00 00",
    "8d 83|00000000 e8|fcffffff c3,    65 a1 00 00 00 00 2d 0c 00 00 00 c3",
    "8d 83|00000000 e8|fcffffff,       65 a1 00 00 00 00 2d 0c 00 00 00",
  })
  void generalDynamicToLocalExec(String before, String after) {
    X86Fixture link = gd(executable(), before);
    assertEquals(after, link.run());
    assertEquals("", link.needs());
    // --no-relax does not matter.
    X86Fixture noRelax = new X86Fixture(OutputKind.EXECUTABLE, false).sym("x", X, TLS);
    assertEquals(after, gd(noRelax.sym("___tls_get_addr", 0, FUNCTION), before).run());
    X86Fixture pie = gd(local(X86Fixture.pie()), before);
    assertEquals(after, pie.run());
    assertEquals("", pie.needs());
  }

  @ParameterizedTest
  @CsvSource({
    "8d 04 1d|00000000 e8|fcffffff,    65 a1 00 00 00 00 03 83 f8 ff ff ff",
    "8d 04 0d|00000000 e8|fcffffff,    65 a1 00 00 00 00 03 81 f8 ff ff ff",
    "8d 83|00000000 e8|fcffffff 90,    65 a1 00 00 00 00 03 83 f8 ff ff ff",
    "8d 81|00000000 ff 91|00000000,    65 a1 00 00 00 00 03 81 f8 ff ff ff",
  })
  void generalDynamicToInitialExec(String before, String after) {
    X86Fixture link = gd(preemptible(X86Fixture.dynamicExecutable()), before);
    assertEquals(after, link.run());
    assertEquals("x:TP_OFF", link.needs());
    assertTrue(link.asked().contains("gotBase"));
  }

  @Test
  void generalDynamicStays() {
    String code = "8d 04 1d|00000000 e8|fcffffff";
    X86Fixture shared = gd(local(X86Fixture.shared()), code);
    assertEquals("8d 04 1d f0 ff ff ff e8 14 f8 ff ff", shared.run());
    assertEquals("___tls_get_addr:PLT x:TLS_GD", shared.needs());
    X86Fixture indirect = gd(local(X86Fixture.shared()), "8d 83|00000000 ff 93|00000000");
    assertEquals("8d 83 f0 ff ff ff ff 93 fc ff ff ff", indirect.run());
    assertEquals("___tls_get_addr:GOT x:TLS_GD", indirect.needs());
    // Eleven bytes are too short for initial exec.
    X86Fixture shortCall = gd(preemptible(X86Fixture.pie()), "8d 83|00000000 e8|fcffffff c3");
    assertEquals("8d 83 f0 ff ff ff e8 15 f8 ff ff c3", shortCall.run());
  }

  @ParameterizedTest
  @CsvSource({
    "8d 8b|00000000 e8|fcffffff 90, the result register is not %eax",
    "8d 84|00000000 e8|fcffffff 90, a SIB byte",
    "8b 83|00000000 e8|fcffffff 90, not leal",
    "8d 83|00000000 e9|fcffffff 90, not call",
    "8d 04 25|00000000 e8|fcffffff, no index register",
    "8d 04 5d|00000000 e8|fcffffff, a scale",
  })
  void otherSequencesStay(String code, String why) {
    X86Fixture link = gd(executable(), code);
    link.run();
    assertEquals("x:TLS_GD", link.needs(), why);
    assertEquals("[]", link.errors().toString(), why);
  }

  @Test
  void callOfSomethingElseStays() {
    X86Fixture link = executable().sym("foo", X).code("8d 83 00000000 e8 fcffffff 90");
    link.rel(2, R_386_TLS_GD, "x").rel(7, R_386_PLT32, "foo").run();
    assertEquals("x:TLS_GD", link.needs());
  }

  @Test
  void callsRelocationElsewhereIsAnError() {
    X86Fixture link = executable().code("8d 83 00000000 e8 fcffffff 90");
    link.rel(2, R_386_TLS_GD, "x").rel(6, R_386_PLT32, "___tls_get_addr").run();
    assertEquals(
        "[the call of ___tls_get_addr in a general dynamic TLS sequence has no relocation]",
        link.errors().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "8d 83|00000000 e8|fcffffff 90,    65 a1 00 00 00 00 90 8d 74 26 00 90",
    "8d 83|00000000 e8|fcffffff,       65 a1 00 00 00 00 90 8d 74 26 00",
    "8d 83|00000000 ff 93|00000000,    65 a1 00 00 00 00 8d b6 00 00 00 00",
  })
  void localDynamicToLocalExec(String before, String after) {
    X86Fixture link = ld(executable(), before);
    assertEquals(after, link.run());
    assertEquals("", link.needs());
  }

  @Test
  void localDynamic() {
    X86Fixture shared = ld(local(X86Fixture.shared()), "8d 83|00000000 e8|fcffffff");
    assertEquals("8d 83 e0 ff ff ff e8 15 f8 ff ff", shared.run());
    assertEquals("LD ___tls_get_addr:PLT", shared.needs());
    X86Fixture broken = ld(executable(), "8d 8b|00000000 e8|fcffffff");
    broken.run();
    assertEquals(
        "[not a local dynamic TLS sequence that can be rewritten: 8d 8b 00 00 00 00 e8 fc ff ff"
            + " ff]",
        broken.errors().toString());
  }

  @Test
  void offsetsInTheBlock() {
    assertEquals("f4 ff ff ff", executable().code("00000000").rel(0, R_386_TLS_LDO_32, "x").run());
    assertEquals("f8 ff ff ff", executable().code("04000000").rel(0, R_386_TLS_LDO_32, "x").run());
    assertEquals(
        "08 00 00 00",
        executable().writable().code("00000000").rel(0, R_386_TLS_LDO_32, "x").run());
    assertEquals(
        "08 00 00 00",
        local(X86Fixture.shared()).code("00000000").rel(0, R_386_TLS_LDO_32, "x").run());
    assertEquals(
        "08 00 00 00", executable().code("00000000").rel(0, R_386_TLS_LDO_32, "x").debug());
  }

  @ParameterizedTest
  @CsvSource({
    "15, a1|00000000,    b8 f4 ff ff ff",
    "15, 8b 0d|00000000, c7 c1 f4 ff ff ff",
    "15, 03 0d|00000000, 81 c1 f4 ff ff ff",
    "16, 8b 8b|00000000, c7 c1 f4 ff ff ff",
    "16, 2b 8b|00000000, 81 e9 f4 ff ff ff",
    "16, 03 8b|00000000, 81 c1 f4 ff ff ff",
    "16, 3b 8b|00000000, 81 f9 f4 ff ff ff",
    "33, 8b 8b|00000000, c7 c1 0c 00 00 00",
    "33, 2b 8b|00000000, 81 e9 0c 00 00 00",
    "33, 03 8b|00000000, 81 c1 0c 00 00 00",
  })
  void initialExecToLocalExec(int type, String before, String after) {
    int field = before.replace(" ", "").indexOf('|') / 2;
    X86Fixture link = executable().code(before).rel(field, type, "x");
    assertEquals(after, link.run());
    assertEquals("", link.needs());
  }

  @ParameterizedTest
  @CsvSource({
    "15, a1|00000000,    a1 f8 af 04 08,    RELATIVE STATIC_TLS x:TP_OFF",
    "15, 03 0d|00000000, 03 0d f8 af 04 08, RELATIVE STATIC_TLS x:TP_OFF",
    "16, 8b 8b|00000000, 8b 8b f8 ff ff ff, STATIC_TLS x:TP_OFF",
    "16, ff b3|00000000, ff b3 f8 ff ff ff, STATIC_TLS x:TP_OFF",
    "33, 2b 8b|00000000, 03 8b f8 ff ff ff, STATIC_TLS x:TP_OFF",
    "33, 03 8b|00000000, 2b 8b f8 ff ff ff, STATIC_TLS x:TP_OFF",
  })
  void initialExecInASharedObject(int type, String before, String after, String needs) {
    int field = before.replace(" ", "").indexOf('|') / 2;
    X86Fixture link = local(X86Fixture.shared()).code(before).rel(field, type, "x");
    assertEquals(after, link.run());
    assertEquals(needs, link.needs());
  }

  @Test
  void initialExecStaysWhereTheInstructionIsUnknown() {
    X86Fixture push = executable().code("ff b3 00000000").rel(2, R_386_TLS_GOTIE, "x");
    assertEquals("ff b3 f8 ff ff ff", push.run());
    X86Fixture foreign =
        preemptible(X86Fixture.dynamicExecutable()).code("a1 00000000").rel(1, R_386_TLS_IE, "x");
    assertEquals("a1 f8 af 04 08", foreign.run());
    assertEquals("x:TP_OFF", foreign.needs());
    X86Fixture positive =
        local(X86Fixture.shared()).code("8b 8b 00000000").rel(2, R_386_TLS_IE_32, "x");
    positive.run();
    assertEquals(
        "[only addl and subl can read a GOT slot with @gottpoff: 8b 8b 00 00 00 00]",
        positive.errors().toString());
  }

  @Test
  void localExec() {
    assertEquals(
        "b8 f4 ff ff ff", executable().code("b8 00000000").rel(1, R_386_TLS_LE, "x").run());
    assertEquals(
        "a1 f8 ff ff ff", executable().code("a1 04000000").rel(1, R_386_TLS_LE, "x").run());
    assertEquals(
        "b8 0c 00 00 00", executable().code("b8 00000000").rel(1, R_386_TLS_LE_32, "x").run());
    assertEquals(
        "a1 10 00 00 00", executable().code("a1 04000000").rel(1, R_386_TLS_LE_32, "x").run());
    X86Fixture shared = local(X86Fixture.shared()).code("00000000").rel(0, R_386_TLS_LE, "x");
    shared.run();
    assertEquals(
        "[relocation R_386_TLS_LE against symbol 'x' can not be used when making a shared object;"
            + " recompile with -fPIC]",
        shared.errors().toString());
    X86Fixture foreign =
        preemptible(X86Fixture.dynamicExecutable()).code("00000000").rel(0, R_386_TLS_LE, "x");
    foreign.run();
    assertEquals(1, foreign.errors().size());
  }

  private static X86Fixture descriptor(X86Fixture link) {
    return link.code("8d 83 00000000 ff 10")
        .rel(2, R_386_TLS_GOTDESC, "x")
        .rel(6, R_386_TLS_DESC_CALL, "x");
  }

  @Test
  void descriptors() {
    X86Fixture le = descriptor(executable());
    assertEquals("8d 05 f4 ff ff ff 66 90", le.run());
    assertEquals("", le.needs());
    X86Fixture ie = descriptor(preemptible(X86Fixture.pie()));
    assertEquals("8b 83 f8 ff ff ff 66 90", ie.run());
    assertEquals("x:TP_OFF", ie.needs());
    X86Fixture keep = descriptor(local(X86Fixture.shared()));
    assertEquals("8d 83 e8 ff ff ff ff 10", keep.run());
    assertEquals("x:TLS_DESC", keep.needs());
    X86Fixture broken = executable().code("8b 83 00000000").rel(2, R_386_TLS_GOTDESC, "x");
    broken.run();
    assertEquals(
        "[not a load of a TLS descriptor's address: 8b 83 00 00 00 00]",
        broken.errors().toString());
    X86Fixture call = executable().code("ff 11").rel(0, R_386_TLS_DESC_CALL, "x");
    call.run();
    assertEquals("[not the call of a TLS descriptor: ff 11]", call.errors().toString());
  }
}
