package io.jld.examples.riscv64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of instructions, byte by byte, and of what speaks of them. */
class RelaxTest {
  @TempDir Path dir;
  private Cross cross;

  @BeforeEach
  void compiler() {
    cross = Cross.compiler(dir);
  }

  private Output link(boolean relax, String source, String... options) throws Exception {
    var request =
        Cross.request(OutputKind.EXECUTABLE)
            .set(LinkOption.RELAX, relax)
            .set(LinkOption.ENTRY, "0");
    Path object = cross.compile("a.s", source, options);
    return new Output(Cross.link(request, Cross.sources(object)).bytes());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static final String CALLS =
      """
        .option relax
        .globl f
        .type f, @function
      f:
        call g
        tail g
        .size f, . - f
        .globl g
        .type g, @function
      g:
        ret
        .size g, . - g
        .data
        .word g - f
      """;

  /** jal ra, 6; c.j 2; ret. */
  @Test
  void callsGetShorter() throws Exception {
    Output out = link(true, CALLS);
    assertEquals("ef006000" + "09a0" + "8280", hex(out.content(".text")));
    assertEquals(6, out.symbol("f").size());
    assertEquals(out.symbol("f").value() + 6, out.symbol("g").value());
    assertEquals("06000000", hex(out.content(".data")));
  }

  @Test
  void callsKeepTheirLength() throws Exception {
    Output out = link(false, CALLS);
    assertEquals(18, out.content(".text").length);
    assertEquals(16, out.symbol("f").size());
    assertEquals("10000000", hex(out.content(".data")));
  }

  /** Without compressed instructions a jump has four bytes: jal x0, 4. */
  @Test
  void aJumpWithoutTheExtension() throws Exception {
    Output out = link(true, CALLS, "-march=rv64g");
    assertEquals("ef008000" + "6f004000" + "67800000", hex(out.content(".text")));
  }

  private static final String PADDING =
      """
        .option relax
      f:
        call f
        .balign 8
        .globl aligned
      aligned:
        nop
        .balign 16
        .globl more
      more:
        ret
      """;

  @Test
  void whatIsAlignedStaysSo() throws Exception {
    for (boolean relax : new boolean[] {true, false}) {
      Output out = link(relax, PADDING);
      long start = out.address(".text");
      assertEquals(0, start % 16);
      assertEquals(start + 8, out.symbol("aligned").value());
      assertEquals(start + 16, out.symbol("more").value());
      assertEquals(18, out.content(".text").length);
    }
  }

  /** lui and auipc go where the global pointer, or x0, reaches the address by itself. */
  @Test
  void addressesNearTheGlobalPointer() throws Exception {
    Output out =
        link(
            true,
            """
              .option norelax
              .globl f
            f:
              lla gp, __global_pointer$
              .option relax
              lui a0, %hi(x)
              lw a0, %lo(x)(a0)
            1:
              auipc a1, %pcrel_hi(x)
              sw a0, %pcrel_lo(1b)(a1)
              lui a2, %hi(16)
              addi a2, a2, %lo(16)
              .section .sdata, "aw"
              .globl x
            x:
              .word 7
            """);
    byte[] text = out.content(".text");
    // x is the first of 4 KiB in whose middle the pointer stands: lw a0, -2048(gp)
    assertEquals("03a50180" + "23a0a180", hex(text).substring(16, 32));
    assertEquals(out.address(".sdata") + 0x800, out.symbol("__global_pointer$").value());
  }

  /** Without anything that sets the register, nothing counts from it. */
  @Test
  void aProgramWithoutAGlobalPointer() throws Exception {
    Output out = link(true, "  .option relax\nf:\n  lla a0, x\n  .data\nx: .word 7\n");
    assertEquals(8, out.content(".text").length);
  }

  @Test
  void offsetsInThreadLocalStorage() throws Exception {
    Output out =
        link(
            true,
            """
              .option relax
            f:
              lui a0, %tprel_hi(x)
              add a0, a0, tp, %tprel_add(x)
              lw a0, %tprel_lo(x)(a0)
              .section .tdata, "awT"
              .word 1
            x:
              .word 7
            """);
    assertEquals("03254200", hex(out.content(".text"))); // lw a0, 4(tp)
  }

  /** A call that is in reach as long as nothing else is padded: it ends, one way or the other. */
  @Test
  void distancesAtTheLimit() throws Exception {
    StringBuilder source = new StringBuilder("  .option relax\n");
    for (int i = 0; i < 40; i++) {
      source.append("f").append(i).append(":\n  tail f").append((i + 20) % 40);
      source.append("\n  .balign ").append(4 << i % 5).append("\n  .skip ").append(90 + i % 7 * 2);
      source.append("\n");
    }
    Output out = link(true, source.toString());
    Output plain = link(false, source.toString());
    assertTrue(out.content(".text").length < plain.content(".text").length);
  }
}
