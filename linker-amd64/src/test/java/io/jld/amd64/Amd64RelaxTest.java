package io.jld.amd64;

import static io.jld.amd64.Amd64Fixture.GOT;
import static io.jld.amd64.Amd64Fixture.exec;
import static io.jld.amd64.Amd64Fixture.hex;
import static io.jld.amd64.Amd64Fixture.pie;
import static io.jld.amd64.Amd64Reloc.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GOT loads that become immediate. */
class Amd64RelaxTest {
  /** One instruction, whose field is its last four bytes; the section starts at 0x401000. */
  private static Amd64Fixture one(Amd64Fixture f, String code, int type, String kind, long value) {
    int at = hex(code).length() / 2 - 4;
    return f.sym("foo", kind, value).code(code).rel(at, type, "foo", -4).scan();
  }

  @ParameterizedTest
  @CsvSource({
    "mov rax, 42, 488b0500000000, 488d05f90f0000",
    "mov r9, 42, 4c8b0d00000000, 4c8d0df90f0000",
    "mov eax, 41, 8b0500000000, 8d05fa0f0000",
    "mov r17, 43, d5488b0d00000000, d5488d0df80f0000",
    "call, 41, ff1500000000, 67e8fa0f0000",
    "jmp, 41, ff2500000000, e9fb0f000090",
    "test rax, 42, 48850500000000, 48f7c000204000",
    "test r9d, 42, 44850d00000000, 41f7c100204000",
    "add r9, 42, 4c030d00000000, 4981c100204000",
    "or rax, 42, 480b0500000000, 4881c800204000",
    "adc rax, 42, 48130500000000, 4881d000204000",
    "sbb rax, 42, 481b0500000000, 4881d800204000",
    "and rax, 42, 48230500000000, 4881e000204000",
    "sub rax, 42, 482b0500000000, 4881e800204000",
    "xor rsp, 42, 48332500000000, 4881f400204000",
    "cmp ecx, 41, 3b0d00000000, 81f900204000",
    "add r25, 43, d54c030d00000000, d51981c100204000",
  })
  void knownAddressInExecutable(String what, int type, String before, String after) {
    Amd64Fixture f = one(exec(), before, type, "", 0x402000);
    assertEquals(Map.of(), f.needed(), what);
    assertEquals(after, f.apply().after(), what);
    assertEquals(List.of(), f.errors());
  }

  @ParameterizedTest
  @CsvSource({
    "test, 42, 48850500000000",
    "add, 42, 4c030d00000000",
    "cmp, 41, 3b0d00000000",
  })
  void immediateDoesNotMoveWithTheOutput(String what, int type, String code) {
    Amd64Fixture f = one(pie(), code, type, "", 0x402000);
    assertEquals(GOT, f.needOf("foo"), what);
    int prefix = code.length() - 8;
    assertEquals(code.substring(0, prefix), f.apply().after().substring(0, prefix));
  }

  @ParameterizedTest
  @CsvSource({
    "preemptible, p, 42, 488b0500000000",
    "preemptible, pf, 41, ff1500000000",
    "ifunc, i, 42, 488b0500000000",
    "ifunc, i, 41, ff2500000000",
    "push, '', 41, ff3500000000",
    "cmpq $0, '', 41, 833d00000000",
    "not relative to rip, '', 42, 488b042500000000",
    "no REX prefix, '', 42, 0f8b0500000000",
    "no REX2 prefix, '', 43, 66488b0500000000",
    "two-byte opcode, '', 43, d5888b0500000000",
    "other lengths, '', 46, 62f1fc188b0500000000",
    "a load without the promise, '', 9, 488b0500000000",
  })
  void loadStays(String why, String kind, int type, String code) {
    Amd64Fixture f = one(exec(), code, type, kind, 0x402000);
    assertEquals(GOT, f.needOf("foo"), why);
    int at = code.length() / 2 - 4;
    // Symbol 1's slot is at 0x402040.
    String field = hex(new byte[] {(byte) (0x40 - at - 4), 0x10, 0, 0});
    assertEquals(code.substring(0, 2 * at) + field, f.apply().after(), why);
    assertEquals(List.of(), f.errors());
  }

  @Test
  void loadStaysWithoutRelaxation() {
    Amd64Fixture f = one(exec().noRelax(), "488b0500000000", R_X86_64_REX_GOTPCRELX, "", 0x402000);
    assertEquals(GOT, f.needOf("foo"));
    assertEquals(hex("488b0539100000"), f.apply().after());
  }

  @Test
  void otherAddendIsAnotherByteOfTheGot() {
    Amd64Fixture f = exec().sym("foo", "", 0x402000).code("48833d0000000000");
    f.rel(3, R_X86_64_REX_GOTPCRELX, "foo", -5).scan().apply();
    assertEquals(GOT, f.needOf("foo"));
    assertEquals(hex("48833d3810000000"), f.after());
  }

  @ParameterizedTest
  @CsvSource({
    "488b0500000000, 42, 48c7c000000000",
    "448b0d00000000, 42, 41c7c100000000",
    "4c030d00000000, 42, 4981c100000000",
    "8b0500000000, 41, c7c000000000",
  })
  void undefinedWeakIsZeroWhereverTheOutputIs(String before, int type, String after) {
    for (Amd64Fixture f : List.of(exec(), pie())) {
      one(f, before, type, "w", 0);
      assertEquals(Map.of(), f.needed());
      assertEquals(after, f.apply().after());
    }
  }

  @Test
  void callOfUndefinedWeakStaysIndirect() {
    Amd64Fixture f = one(pie(), "ff1500000000", R_X86_64_GOTPCRELX, "w", 0);
    assertEquals(GOT, f.needOf("foo"));
    assertEquals(hex("ff153a100000"), f.apply().after());
  }

  @ParameterizedTest
  @CsvSource({
    "0x1234, 488b0500000000, 42, 48c7c034120000",
    "-1, 488b0500000000, 42, 48c7c0ffffffff",
    "0x80000000, 488b0500000000, 42, 488b0539100000", // would be sign-extended
    "0x80000000, 8b0500000000, 41, c7c000000080",
    "0x123456789, 8b0500000000, 41, 8b053a100000",
    "0x123456789, 48850500000000, 42, 48850539100000",
    "0x1234, ff1500000000, 41, ff153a100000", // a call would move with the output
  })
  void absoluteSymbolUsesItsSlotWhereItDoesNotFit(
      String value, String before, int type, String after) {
    Amd64Fixture f = one(pie(), before, type, "a", Long.decode(value));
    assertEquals(GOT, f.needOf("foo"));
    assertEquals(after, f.apply().after());
    assertEquals(List.of(), f.errors());
  }

  @Test
  void tooFarIsAnError() {
    Amd64Fixture f =
        one(exec(), "488b0500000000", R_X86_64_REX_GOTPCRELX, "", 0x1_0040_1000L).apply();
    assertEquals(1, f.errors().size());
    f = one(exec(), "48030500000000", R_X86_64_REX_GOTPCRELX, "", 0x1_0040_1000L).apply();
    assertEquals(1, f.errors().size());
  }

  @Test
  void hostileOffsets() {
    for (int type : new int[] {9, 41, 42, 43, 46, 49, 22, 44, 34, 45}) {
      for (int at = 0; at < 7; at++) {
        Amd64Fixture f = exec().sym("foo", "t", 0x402fdc).code("d5488b05000000");
        f.rel(at, type, "foo", -4).scan().apply();
        if (at > 3) {
          assertEquals(false, f.errors().isEmpty(), type + " at " + at);
        }
      }
    }
  }
}
