package io.jld.place;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses and values that a script gives. */
class PlacerTest {
  @TempDir Path dir;

  private Linked link(String script) throws IOException {
    Path file = Files.writeString(dir.resolve("layout.ld"), script);
    ObjectBuilder o = ObjectBuilder.wide();
    o.code(".text", new byte[16]);
    o.data(".data", new byte[16]);
    return Linked.link(b -> b.input(new InputSource.Script(file, InputFlags.NONE)), o);
  }

  private static long value(Linked l) {
    return l.section(".values").bytes().get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }

  @Test
  void anEmptySectionIsKeptWhereTheCounterIsAssignedTo() throws IOException {
    Linked l =
        link(
            "SECTIONS { .text : { *(.text) } .a : { . = .; } .b : { x = .; } .c : { . = . + 0; }"
                + " .data : { *(.data) } }");
    assertEquals(0, l.section(".a").bytes().byteSize());
    assertNull(l.section(".b"));
    assertNull(l.section(".c"));
  }

  @Test
  void spaceAloneTakesNoneInTheFile() throws IOException {
    Linked l = link("SECTIONS { .text : { *(.text) } .gap : { . += 8; } .data : { *(.data) } }");
    assertEquals(SHT_NOBITS, l.section(".gap").type());
    assertEquals(SHF_ALLOC | SHF_WRITE, l.section(".gap").flags());
    assertEquals(24, l.section(".data").addr() - l.section(".text").addr());
  }

  @Test
  void anAddressOfADroppedSectionMovesTheCounterForOthersOnly() throws IOException {
    Linked l =
        link(
            "SECTIONS { .text 0x10000 : { *(.text) } .gone 0x20000 : { *(.none) } after = .;"
                + " .values : { QUAD(after) } .data : { *(.data) } }");
    assertEquals(0x10010, value(l));
    assertEquals(0x20000, l.section(".values").addr());
  }

  @Test
  void symbolsThatReferToEachOtherAreZero() throws IOException {
    Linked l =
        link(
            "SECTIONS { a = b; b = a; .text : { *(.text) } .values : { QUAD(a) } .data : { *(.data)"
                + " } }");
    assertEquals(0, value(l));
  }

  @Test
  void aLayoutThatNeverSettlesIsAnError() {
    LinkException e =
        assertThrows(
            LinkException.class,
            () ->
                link(
                    "SECTIONS { .text : { *(.text) . += SIZEOF(.data); }"
                        + " .data : { *(.data) . += SIZEOF(.text); } }"));
    assertTrue(e.getMessage().contains("does not settle"), e.getMessage());
  }

  @Test
  void theHeadersSymbolNeedsHeaders() throws IOException {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", new byte[16]);
    o.reloc(text, 0, 1, o.undefined("__ehdr_start"), 0);
    Path file =
        Files.writeString(dir.resolve("h.ld"), "SECTIONS { . = 0x10000; .text : { *(.text) } }");
    LinkException e =
        assertThrows(
            LinkException.class,
            () -> Linked.link(b -> b.input(new InputSource.Script(file, InputFlags.NONE)), o));
    assertTrue(e.getMessage().contains("__ehdr_start"), e.getMessage());
  }
}
