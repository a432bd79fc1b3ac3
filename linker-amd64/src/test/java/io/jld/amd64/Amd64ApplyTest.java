package io.jld.amd64;

import static io.jld.amd64.Amd64Fixture.CANONICAL;
import static io.jld.amd64.Amd64Fixture.COPY;
import static io.jld.amd64.Amd64Fixture.GOT;
import static io.jld.amd64.Amd64Fixture.PLT;
import static io.jld.amd64.Amd64Fixture.exec;
import static io.jld.amd64.Amd64Fixture.hex;
import static io.jld.amd64.Amd64Fixture.pie;
import static io.jld.amd64.Amd64Fixture.shared;
import static io.jld.amd64.Amd64Reloc.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Formulas, ranges and needs of the relocations that rewrite no instruction. */
class Amd64ApplyTest {
  private static Amd64Fixture one(Amd64Fixture f, int type, String kind, long value, long addend) {
    return f.sym("s", kind, value).code("00".repeat(12)).rel(2, type, "s", addend).scan();
  }

  private static String field(Amd64Fixture f, int bytes) {
    return f.apply().after().substring(4, 4 + 2 * bytes);
  }

  @ParameterizedTest
  @CsvSource({
    // The place is 0x401002, the GOT 0x403000, the symbol's slot 0x402040, its size 24.
    "R_X86_64_64, 1, 8, 0x405000, 3, 0350400000000000",
    "R_X86_64_PC32, 2, 4, 0x405000, -4, fa3f0000",
    "R_X86_64_GOT32, 3, 4, 0x405000, 0, 40f0ffff",
    "R_X86_64_PLT32, 4, 4, 0x405000, -4, fa3f0000",
    "R_X86_64_GOTPCREL, 9, 4, 0x405000, -4, 3a100000",
    "R_X86_64_32, 10, 4, 0xfffffffe, 1, ffffffff",
    "R_X86_64_32S, 11, 4, 0x405000, -8, f84f4000",
    "R_X86_64_16, 12, 2, 0x5000, 1, 0150",
    "R_X86_64_PC16, 13, 2, 0x401100, 0, fe00",
    "R_X86_64_8, 14, 1, 0x50, 1, 51",
    "R_X86_64_PC8, 15, 1, 0x401000, 0, fe",
    "R_X86_64_PC64, 24, 8, 0x401000, 0, feffffffffffffff",
    "R_X86_64_GOTOFF64, 25, 8, 0x401000, 0, 00e0ffffffffffff",
    "R_X86_64_GOTPC32, 26, 4, 0x401000, 2, 00200000",
    "R_X86_64_GOT64, 27, 8, 0x401000, 0, 40f0ffffffffffff",
    "R_X86_64_GOTPCREL64, 28, 8, 0x401000, 0, 3e10000000000000",
    "R_X86_64_GOTPC64, 29, 8, 0x401000, 0, fe1f000000000000",
    "R_X86_64_GOTPLT64, 30, 8, 0x401000, 0, 40f0ffffffffffff",
    "R_X86_64_PLTOFF64, 31, 8, 0x401000, 0, 00e0ffffffffffff",
    "R_X86_64_SIZE32, 32, 4, 0x401000, 1, 19000000",
    "R_X86_64_SIZE64, 33, 8, 0x401000, 1, 1900000000000000",
    "R_X86_64_PC32_BND, 39, 4, 0x405000, -4, fa3f0000",
    "R_X86_64_PLT32_BND, 40, 4, 0x405000, -4, fa3f0000",
  })
  void formula(String name, int type, int bytes, String value, long addend, String field) {
    assertEquals(name, Amd64Reloc.name(type));
    Amd64Fixture f = one(exec(), type, "", Long.decode(value), addend);
    assertEquals(field, field(f, bytes));
    assertEquals(hex("00".repeat(10 - bytes)), f.after().substring(4 + 2 * bytes), "nothing else");
    assertEquals(List.of(), f.errors());
    assertEquals(List.of(), f.dynamicRelocations());
  }

  /** The limits of GNU ld 2.40. */
  @ParameterizedTest
  @CsvSource({
    "8, -0x100, 0xff",
    "16, -0x10000, 0xffff",
    "32, 0, 0xffffffff",
    "32S, -0x80000000, 0x7fffffff",
    "PC8, -0x80, 0x7f",
    "PC16, -0x10000, 0xffff",
    "PC32, -0x80000000, 0x7fffffff",
    "PLT32, -0x80000000, 0x7fffffff",
  })
  void range(String name, String min, String max) {
    int type = 0;
    while (!Amd64Reloc.name(type).equals("R_X86_64_" + name)) {
      type++;
    }
    long base = name.startsWith("P") ? 0x401002 : 0;
    long lo = Long.decode(min);
    long hi = Long.decode(max);
    assertEquals(List.of(), one(exec(), type, "", base + lo, 0).apply().errors());
    assertEquals(List.of(), one(exec(), type, "", base + hi, 0).apply().errors());
    String limits = " is not in [" + lo + ", " + hi + "]";
    assertEquals(
        List.of("out of range: " + (lo - 1) + limits),
        one(exec(), type, "", base + lo - 1, 0).apply().errors());
    assertEquals(
        List.of("out of range: " + (hi + 1) + limits),
        one(exec(), type, "", base + hi + 1, 0).apply().errors());
  }

  @Test
  void wordIsLeftToTheLoaderWhereItMustBe() {
    Amd64Fixture f = one(shared(), R_X86_64_64, "p", 0x1234, 7);
    assertEquals(List.of("R_X86_64_64 s 7"), f.dynamicRelocations());
    assertEquals("0000000000000000", field(f, 8));
    f = one(exec().writable(), R_X86_64_64, "p", 0, 7);
    assertEquals(List.of("R_X86_64_64 s 7"), f.dynamicRelocations());
    assertEquals("0000000000000000", field(f, 8));
    f = one(pie(), R_X86_64_64, "", 0x1234, 7);
    assertEquals(List.of("relative s 7"), f.dynamicRelocations());
    assertEquals("3b12000000000000", field(f, 8));
    f = one(pie(), R_X86_64_64, "w", 0, 0);
    assertEquals(List.of(), f.dynamicRelocations());
  }

  @Test
  void wordInReadOnlySectionOfExecutable() {
    Amd64Fixture f = one(exec(), R_X86_64_64, "p", 0x405000, 0); // data: its copy
    assertEquals(COPY, f.needOf("s"));
    assertEquals(List.of(), f.dynamicRelocations());
    assertEquals("1040400000000000", field(f, 8));
    f = one(exec(), R_X86_64_64, "pf", 0x400010, 0); // a function: its PLT entry
    assertEquals(CANONICAL, f.needOf("s"));
    assertEquals("1000400000000000", field(f, 8));
  }

  @ParameterizedTest
  @CsvSource({
    "PLT32 to library, exec, 4, pf, 2", // PLT
    "PLT32 to ifunc, exec, 4, i, 2",
    "PLT32 here, exec, 4, f, 0",
    "PC32 to library's function, exec, 2, pf, 4", // CANONICAL_PLT
    "PC32 to library's data, pie, 2, p, 64", // COPY
    "PC32 to ifunc, pie, 2, i, 4",
    "32 to library's data, exec, 10, p, 64",
    "GOTPCREL, shared, 9, p, 1", // GOT
    "GOTPCREL to ifunc, exec, 9, i, 1",
    "PLTOFF64, shared, 31, pf, 2",
    "GOTOFF64 to ifunc, exec, 25, i, 4",
  })
  void needs(String what, String output, int type, String kind, int need) {
    Amd64Fixture f =
        switch (output) {
          case "exec" -> exec();
          case "pie" -> pie();
          default -> shared();
        };
    one(f, type, kind, 0x405000, 0);
    assertEquals(need == 0 ? Map.of() : Map.of("s", need), f.needed(), what);
    assertEquals(List.of(), f.errors());
  }

  @Test
  void callGoesToPltEntry() {
    Amd64Fixture f = one(exec(), R_X86_64_PLT32, "pf", 0, -4);
    assertEquals(PLT, f.needOf("s"));
    assertEquals("0af0ffff", field(f, 4)); // 0x400010 - 4 - 0x401002
  }

  @Test
  void gotBaseIsAskedFor() {
    for (int type : new int[] {3, 25, 26, 27, 29, 31}) {
      assertEquals(List.of("gotBase"), one(shared(), type, "", 0, 0).asked());
    }
    assertEquals(GOT, one(shared(), R_X86_64_GOT64, "", 0, 0).needOf("s"));
  }

  @Test
  void sizeOfPreemptibleSymbolIsTheLoaders() {
    Amd64Fixture f = one(shared(), R_X86_64_SIZE64, "p", 0, 2);
    assertEquals(List.of("R_X86_64_SIZE64 s 2"), f.dynamicRelocations());
    assertEquals("0000000000000000", field(f, 8));
  }

  @ParameterizedTest
  @CsvSource({
    "shared, 2, p, can not be used when making a shared object; recompile with -fPIC",
    "pie, 10, '', can not be used when making a PIE object; recompile with -fPIE",
    "shared, 11, '', can not be used when making a shared object; recompile with -fPIC",
    "exec, 5, '', unexpected dynamic relocation R_X86_64_COPY in an object",
    "exec, 6, '', unexpected dynamic relocation R_X86_64_GLOB_DAT in an object",
    "exec, 8, '', unexpected dynamic relocation R_X86_64_RELATIVE in an object",
    "exec, 16, '', unexpected dynamic relocation R_X86_64_DTPMOD64 in an object",
    "exec, 37, '', unexpected dynamic relocation R_X86_64_IRELATIVE in an object",
    "exec, 52, '', unknown relocation type 52",
    "exec, 252, '', unknown relocation type 252",
    "exec, -1, '', unknown relocation type -1",
  })
  void refused(String output, int type, String kind, String message) {
    Amd64Fixture f =
        one(
            output.equals("exec") ? exec() : output.equals("pie") ? pie() : shared(),
            type,
            kind,
            0x405000,
            0);
    assertEquals(1, f.errors().size());
    assertTrue(f.errors().get(0).endsWith(message), f.errors().get(0));
  }

  /** A file may say anything: an error, and none of the section's bytes is written. */
  @Test
  void fieldsOutsideOfTheSection() {
    for (int type = 0; type < 256; type++) {
      int width =
          switch (type) {
            case R_X86_64_NONE, R_X86_64_GNU_VTINHERIT, R_X86_64_GNU_VTENTRY -> 0; // no field
            case R_X86_64_8, R_X86_64_PC8 -> 1;
            case R_X86_64_16, R_X86_64_PC16, R_X86_64_TLSDESC_CALL -> 2;
            default -> 4; // or more, or unknown
          };
      for (int at = 0; at <= 3; at++) {
        if (at + width > 3) {
          String what = Amd64Reloc.name(type) + " at " + at;
          Amd64Fixture f = exec().sym("s", "t", 0x402fdc).code("5a5a5a").rel(at, type, "s", -4);
          assertEquals("5a5a5a", f.scan().apply().after(), what);
          assertNotEquals(List.of(), f.errors(), what);
          f.forgetErrors();
          assertEquals("5a5a5a", f.applyDebug().after(), what);
          assertNotEquals(List.of(), f.errors(), what);
        }
      }
    }
  }

  @Test
  void debugInformation() {
    Amd64Fixture f = shared().sym("s", "p", 0x5000).sym("gone", "d", 0x77).code("00".repeat(48));
    f.tombstone(1);
    f.rel(0, R_X86_64_64, "s", 1).rel(8, R_X86_64_32, "s", 2).rel(12, R_X86_64_64, "gone", 5);
    f.rel(20, R_X86_64_32, "gone", 6).rel(24, R_X86_64_PC32, "s", 0);
    f.rel(28, R_X86_64_SIZE32, "s", 2).rel(32, R_X86_64_NONE, "gone", 0);
    f.rel(32, R_X86_64_PC64, "gone", 0).rel(40, R_X86_64_SIZE64, "s", 3).applyDebug();
    assertEquals(List.of(), f.errors());
    assertEquals(
        hex(
            "0150000000000000 02500000 0100000000000000 01000000 e83fc0ff 1a000000"
                + "0100000000000000 1b00000000000000"),
        f.after());
  }

  @Test
  void debugInformationHasNoSlots() {
    Amd64Fixture f = exec().sym("s", "", 0).code("0000000000").rel(0, R_X86_64_GOTPCREL, "s", 0);
    f.rel(0, 99, "s", 0).applyDebug();
    assertEquals(
        List.of(
            "relocation R_X86_64_GOTPCREL can not be used in a section that is not loaded",
            "unknown relocation type 99"),
        f.errors());
  }
}
