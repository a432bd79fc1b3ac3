package io.jld.amd64;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.OutputKind;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Sections put together at random from pieces of what compilers emit: whatever it is, scan and
 * apply throw nothing, and apply uses no slot that scan did not ask for (the fixture sees to it).
 */
class Amd64HostileInputTest {
  private static final String[] PIECES = {
    "66488d3d00000000",
    "666648e800000000",
    "6648ff1500000000",
    "664867e800000000",
    "488d3d00000000",
    "48b80000000000000000",
    "4801d8",
    "ffd0",
    "e800000000",
    "ff1500000000",
    "ff2500000000",
    "488b0500000000",
    "4c030d00000000",
    "8b0500000000",
    "d5488b0d00000000",
    "48850500000000",
    "488d0500000000",
    "ff10",
    "00",
  };

  private static final String[] KINDS = {"", "p", "pf", "f", "i", "a", "w", "t", "pt", "tw", "d"};

  @Test
  void nothingButDiagnostics() {
    Random random = new Random(25);
    int clean = 0;
    for (int round = 0; round < 30_000; round++) {
      OutputKind kind = OutputKind.values()[random.nextInt(3)];
      Amd64Fixture f = new Amd64Fixture(kind, random.nextInt(4) > 0);
      StringBuilder code = new StringBuilder();
      for (int i = 1 + random.nextInt(5); i > 0; i--) {
        code.append(PIECES[random.nextInt(PIECES.length)]);
      }
      int size = code.length() / 2;
      f.code(code.toString());
      for (int i = 0; i < 3; i++) {
        f.sym("s" + i, KINDS[random.nextInt(KINDS.length)], random.nextInt(0x800000));
      }
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        int type = random.nextInt(10) == 0 ? random.nextInt(256) : random.nextInt(52);
        long addend = random.nextInt(4) == 0 ? random.nextLong() : -4;
        f.rel(random.nextInt(size), type, "s" + random.nextInt(3), addend);
      }
      f.scan();
      if (f.errors().isEmpty()) {
        clean++;
        f.apply();
      }
      f.applyDebug();
    }
    assertTrue(clean > 5_000, clean + " of them were scanned without an error");
  }
}
