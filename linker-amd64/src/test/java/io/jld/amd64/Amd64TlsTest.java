package io.jld.amd64;

import static io.jld.amd64.Amd64Fixture.TLS_DESC;
import static io.jld.amd64.Amd64Fixture.TLS_GD;
import static io.jld.amd64.Amd64Fixture.TP_OFF;
import static io.jld.amd64.Amd64Fixture.exec;
import static io.jld.amd64.Amd64Fixture.hex;
import static io.jld.amd64.Amd64Fixture.pie;
import static io.jld.amd64.Amd64Fixture.shared;
import static io.jld.amd64.Amd64Reloc.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Transitions between the models of thread-local storage. The bytes "after" of whole sections are
 * what GNU ld 2.40 makes of the same input.
 */
class Amd64TlsTest {
  private static final String GD = "66488d3d00000000 666648e800000000";
  private static final String GD_NOPLT = "66488d3d00000000 6648ff1500000000";
  private static final String GD_LARGE = "488d3d00000000 48b80000000000000000 4801d8 ffd0";
  private static final String LD = "488d3d00000000 e800000000";
  private static final String LD_NOPLT = "488d3d00000000 ff1500000000";
  private static final String LD_LARGE = "488d3d00000000 48b80000000000000000 4c01f8 ffd0";
  private static final String IE =
      "488b0d00000000 4c8b0d00000000" // mov to rcx, r9
          + "48030d00000000 4c030d00000000" // add to rcx, r9
          + "48032500000000 4c032500000000"; // add to rsp, r12
  private static final String DESC = "488d0500000000 ff10 4c8d0d00000000";

  /** All forms in a row; {@code x} is at 4 in an 8-byte TLS block. */
  private static Amd64Fixture all(Amd64Fixture f, String kind) {
    f.sym("x", kind, 0x402fdc).sym("__tls_get_addr", "pf", 0);
    f.code(GD + GD_NOPLT + GD_LARGE + LD + LD_NOPLT + LD_LARGE + IE + DESC);
    f.rel(0x04, R_X86_64_TLSGD, "x", -4).rel(0x0c, R_X86_64_PLT32, "__tls_get_addr", -4);
    f.rel(0x14, R_X86_64_TLSGD, "x", -4).rel(0x1c, R_X86_64_GOTPCRELX, "__tls_get_addr", -4);
    f.rel(0x23, R_X86_64_TLSGD, "x", -4).rel(0x29, R_X86_64_PLTOFF64, "__tls_get_addr", 0);
    f.rel(0x39, R_X86_64_TLSLD, "x", -4).rel(0x3e, R_X86_64_PLT32, "__tls_get_addr", -4);
    f.rel(0x45, R_X86_64_TLSLD, "x", -4).rel(0x4b, R_X86_64_GOTPCRELX, "__tls_get_addr", -4);
    f.rel(0x52, R_X86_64_TLSLD, "x", -4).rel(0x58, R_X86_64_PLTOFF64, "__tls_get_addr", 0);
    for (int at = 0x68; at <= 0x8b; at += 7) {
      f.rel(at, R_X86_64_GOTTPOFF, "x", -4);
    }
    f.rel(0x92, R_X86_64_GOTPC32_TLSDESC, "x", -4).rel(0x96, R_X86_64_TLSDESC_CALL, "x", 0);
    f.rel(0x9b, R_X86_64_GOTPC32_TLSDESC, "x", -4);
    return f;
  }

  private static final String LD_TO_LE =
      "66666664488b042500000000"
          + "6666666664488b042500000000"
          + "666666662e0f1f840000000000 64488b042500000000";

  @Test
  void executableTurnsAllIntoLocalExec() {
    for (Amd64Fixture f : List.of(exec(), exec().noRelax(), pie())) {
      all(f, "t").scan();
      assertEquals(List.of(), f.errors());
      assertEquals(Map.of(), f.needed(), "no slot, and nothing for __tls_get_addr");
      assertEquals(List.of(), f.asked());
      assertEquals(
          hex(
              "64488b042500000000 488d80fcffffff"
                  + "64488b042500000000 488d80fcffffff"
                  + "64488b042500000000 488d80fcffffff 660f1f440000"
                  + LD_TO_LE
                  + "48c7c1fcffffff 49c7c1fcffffff"
                  + "488d89fcffffff 4d8d89fcffffff"
                  + "4881c4fcffffff 4981c4fcffffff"
                  + "48c7c0fcffffff 6690 49c7c1fcffffff"),
          f.apply().after());
      assertEquals(List.of(), f.errors());
    }
  }

  @Test
  void variableOfSharedLibraryIsInitialExec() {
    Amd64Fixture f = all(exec(), "pt");
    f.place(0x401018);
    f.slots(0x402fd8 - 64 - 16); // its slot is at 0x402fd8
    f.scan();
    assertEquals(List.of(), f.errors());
    assertEquals(Map.of("x", TP_OFF), f.needed());
    assertEquals(
        hex(
            "64488b042500000000 480305b01f0000"
                + "64488b042500000000 480305a01f0000"
                + "64488b042500000000 480305901f0000 660f1f440000"
                + LD_TO_LE
                + "488b0d541f0000 4c8b0d4d1f0000"
                + "48030d461f0000 4c030d3f1f0000"
                + "4803 25381f0000 4c03 25311f0000"
                + "488b052a1f0000 6690 4c8b0d211f0000"),
        f.apply().after());
    assertEquals(List.of(), f.errors());
  }

  @Test
  void sharedObjectKeepsWhatCodeAsksFor() {
    Amd64Fixture f = all(shared(), "t").scan();
    assertEquals(List.of(), f.errors());
    assertEquals(TLS_GD | TP_OFF | TLS_DESC, f.needOf("x"));
    assertEquals(Amd64Fixture.PLT | Amd64Fixture.GOT, f.needOf("__tls_get_addr"));
    assertTrue(f.asked().contains("tlsLd") && f.asked().contains("staticTls"));
    String after = f.apply().after();
    assertEquals(List.of(), f.errors());
    assertEquals(hex("66488d3d"), after.substring(0, 8));
    // x is symbol 1: its GD slots are at 0x402060, and the first field's end is 0x401008.
    assertEquals("58100000", after.substring(8, 16));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // mov and add with a REX2 prefix: %r17, %r31, then %rsp's neighbours %r20 and %r28
        "d5488b0d00000000, mov r17, d518c7c1fcffffff",
        "d54c8b3d00000000, mov r31, d519c7c7fcffffff",
        "d5480325 00000000, add r20, d51881c4fcffffff",
        "d54c0325 00000000, add r28, d51981c4fcffffff",
      })
  void rex2(String before, String what, String after) {
    Amd64Fixture f =
        exec()
            .sym("x", "t", 0x402fdc)
            .code(before)
            .rel(4, R_X86_64_CODE_4_GOTTPOFF, "x", -4)
            .scan()
            .apply();
    assertEquals(List.of(), f.errors());
    assertEquals(Map.of(), f.needed());
    assertEquals(after, f.after(), what);
  }

  @ParameterizedTest
  @CsvSource({
    "3, 22, 483b0d00000000", // cmp
    "2, 22, 8b0d00000000", // a 32-bit load: x32
    "3, 22, 488b0c2500000000", // absolute addressing
    "4, 44, d5c88b0d00000000", // REX2 with the opcode map of two-byte opcodes
    "6, 50, 62f4fc1801 0500000000", // APX: three operands
  })
  void unknownInitialExecKeepsItsSlot(int at, int type, String code) {
    Amd64Fixture f = exec().sym("x", "t", 0x402fdc).code(code).rel(at, type, "x", -4).scan();
    assertEquals(List.of(), f.errors());
    assertEquals(TP_OFF, f.needOf("x"));
    f.apply();
    assertEquals(List.of(), f.errors());
    assertEquals(hex(code).substring(0, 2 * at), f.after().substring(0, 2 * at));
  }

  @ParameterizedTest
  @CsvSource({
    "4, 19, 66488d3500000000 666648e800000000", // lea to rsi
    "4, 19, 66488d3d00000000 66669048e8000000", // something between
    "4, 19, 66488d3d00000000 666648e8", // cut off
    "3, 20, 488d3d00000000 ff2500000000", // jmp
    "0, 20, 00000000 0000", // nothing before
    "3, 34, 488b0500000000 ff10", // mov
    "1, 34, 8d0500000000", // nothing before
    "3, 35, 488d05 ff12", // call *(%rdx)
    "4, 35, 488d05 ff10", // cut off
  })
  void unknownCodeIsAnErrorThatNamesTheTransition(int at, int type, String code) {
    Amd64Fixture f =
        exec()
            .sym("x", "t", 0x402fdc)
            .sym("__tls_get_addr", "pf", 0)
            .code(code)
            .rel(at, type, "x", type == R_X86_64_TLSDESC_CALL ? 0 : -4)
            .rel(at + 8, R_X86_64_PLT32, "__tls_get_addr", -4)
            .scan();
    assertEquals(1, f.errors().size(), f.errors().toString());
    assertTrue(
        f.errors()
            .get(0)
            .startsWith("TLS transition from " + Amd64Reloc.name(type) + " to LE failed"),
        f.errors().toString());
    f.forgetErrors();
    f.apply();
    assertTrue(!f.errors().isEmpty());
  }

  @Test
  void callElsewhereIsAnError() {
    Amd64Fixture f = exec().sym("x", "t", 0x402fdc).sym("g", "pf", 0).code(GD + "00000000");
    f.rel(4, R_X86_64_TLSGD, "x", -4).rel(16, R_X86_64_PLT32, "g", -4).scan();
    assertEquals(1, f.errors().size());
    f = exec().sym("x", "t", 0x402fdc).code(GD).rel(4, R_X86_64_TLSGD, "x", -4).scan();
    assertEquals(1, f.errors().size());
  }

  @Test
  void offsetsInBlockCountFromThreadPointerInExecutablesCodeOnly() {
    String before = "00000000 0000000000000000";
    String fromStart = hex("04000000 0400000000000000");
    String fromPointer = hex("fcffffff fcffffffffffffff");
    assertEquals(fromPointer, dtpoff(exec(), before).scan().apply().after());
    assertEquals(fromPointer, dtpoff(pie(), before).scan().apply().after());
    assertEquals(fromStart, dtpoff(shared(), before).scan().apply().after());
    assertEquals(fromStart, dtpoff(exec().writable(), before).scan().apply().after());
    assertEquals(fromStart, dtpoff(exec(), before).applyDebug().after());
  }

  private static Amd64Fixture dtpoff(Amd64Fixture f, String code) {
    return f.sym("x", "t", 0x402fdc)
        .code(code)
        .rel(0, R_X86_64_DTPOFF32, "x", 0)
        .rel(4, R_X86_64_DTPOFF64, "x", 0);
  }

  @Test
  void localExec() {
    Amd64Fixture f = exec().sym("x", "t", 0x402fdc).sym("w", "tw", 0).code("00".repeat(20));
    f.rel(0, R_X86_64_TPOFF32, "x", 1).rel(4, R_X86_64_TPOFF64, "x", 2);
    f.rel(12, R_X86_64_TPOFF32, "w", 0).scan().apply();
    assertEquals(List.of(), f.errors());
    assertEquals(hex("fdffffff feffffffffffffff 00000000 00000000"), f.after());
  }

  @Test
  void localExecHasNoPlaceInSharedObjects() {
    Amd64Fixture f = shared().sym("x", "t", 0x402fdc).code("00000000");
    f.rel(0, R_X86_64_TPOFF32, "x", 0).scan();
    assertEquals(
        List.of(
            "relocation R_X86_64_TPOFF32 against symbol 'x' can not be used when making a shared"
                + " object; recompile with -fPIC"),
        f.errors());
    f = exec().sym("x", "pt", 0).code("00000000").rel(0, R_X86_64_TPOFF32, "x", 0).scan();
    assertEquals(1, f.errors().size());
  }

  @Test
  void symbolMustBeThreadLocal() {
    Amd64Fixture f = exec().sym("x", "", 0x402000).code(GD).rel(4, R_X86_64_TLSGD, "x", -4).scan();
    assertEquals(
        List.of("relocation R_X86_64_TLSGD against symbol 'x', which is not thread-local"),
        f.errors());
  }
}
