package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -Map} of a link whose script describes the output. */
class ScriptMapTest {
  @TempDir Path dir;

  /**
   * From the memory's regions on, without the files that are loaded, what is thrown away, and
   * sections that only GNU ld has, because it makes them before it knows whether it needs them.
   */
  private static String layout(Path map) throws IOException {
    String text = Files.readString(map);
    int from = text.indexOf("Memory Configuration");
    int to = text.indexOf("OUTPUT(");
    assertTrue(from > 0 && to > from, text);
    List<String> blocks = new ArrayList<>();
    for (String block : text.substring(from, to).replaceAll("(?m)^LOAD .*\n", "").split("\n\n")) {
      String first = block.lines().findFirst().orElse("");
      if (!first.matches("\\.\\S+ +0x0+[0-9a-f]+ +0x0( .*)?") && !block.startsWith("/DISCARD/")) {
        blocks.add(block.strip());
      }
    }
    return String.join("\n\n", blocks);
  }

  /** Regions, statements, values, fills and data are shown as GNU ld shows them. */
  @ParameterizedTest
  @EnumSource
  void likeGnuLd(Target target) throws IOException {
    Tools.needC(target);
    Tools.need("ld");
    Workbench w = new Workbench(dir, target);
    Path a =
        w.asm(
            "a",
            """
            .globl _start, ba
            _start: nop
            .section .text.hot,"ax"
            .balign 16
            .globl hot
            hot: ret
            .section .text.cold,"ax"
            ret
            .data
            .globl da
            da: .long 1
            .section .data.x,"aw"
            .balign 8
            .long 5
            .bss
            .globl ba
            ba: .skip 8
            .comm cc,32,32
            """);
    Path b = w.asm("b", ".globl fb\nfb: nop\n.data\n.byte 1\n.bss\n.balign 8\nbb: .skip 12\n");
    Path script =
        w.file(
            "layout.ld",
            """
            MEMORY {
              rom (rx) : ORIGIN = 0x10000, LENGTH = 64K
              ram (w!x) : ORIGIN = 0x80000, LENGTH = 1M
            }
            early = 5;
            SECTIONS {
              . = 0x10000;
              PROVIDE(unused = .);
              .text : {
                start = .;
                *(.text) *(.text.hot .text.cold)
                . = ALIGN(64);
                PROVIDE(ff = .);
                last = ABSOLUTE(.) + (early ? 1 : 2);
              } >rom =0x90
              etext = .;
              .data : AT(0x18000) {
                *(.data)
                BYTE(1) LONG(0x1234 + early) SHORT(3)
                FILL(0x11)
                . += 3;
                KEEP(*(SORT(.data.*)))
              } >ram
              ASSERT(1, "fine")
              .empty : { *(.none) }
              .table ALIGN(8) : {
                . += 4;
                begin = .;
                *(.none)
                LONG(7)
                . = ALIGN(16);
                done = .;
              } >ram
              .bss : { *(EXCLUDE_FILE(*b.o) .bss) *(COMMON) *(.bss) . += 5; last_of_bss = .; } >ram
              end = . + SIZEOF(.text);
            }
            """);
    Object[] args = {"-m", w.target.emulation, "-T", script, a, b};
    Path expected = dir.resolve("expected.map");
    Path actual = dir.resolve("actual.map");
    assertEquals(0, w.ld(args, "-Map", expected).status());
    assertEquals(0, w.jld(args, "-Map", actual).silent().status());
    assertEquals(layout(expected), layout(actual));
  }
}
