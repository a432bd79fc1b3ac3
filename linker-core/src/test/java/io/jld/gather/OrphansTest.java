package io.jld.gather;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where sections go that a script does not name: GNU ld's rules for each kind. */
class OrphansTest {
  @TempDir Path dir;

  private Linked link(String script, ObjectBuilder... objects) throws IOException {
    Path file = Files.writeString(dir.resolve("layout.ld"), script);
    return Linked.link(b -> b.input(new InputSource.Script(file, InputFlags.NONE)), objects);
  }

  private static ObjectBuilder object() {
    ObjectBuilder o = ObjectBuilder.wide();
    o.code(".text", new byte[16]);
    o.data(".data", new byte[16]);
    return o;
  }

  private static long addr(Linked l, String section) {
    return l.section(section).addr();
  }

  @Test
  void codeFollowsCodeAndDataFollowsData() throws IOException {
    ObjectBuilder o = object();
    o.section(".my_code", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 1, 0, new byte[1]);
    o.section(".my_data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 1, 0, new byte[2]);
    o.section(".my_rodata", SHT_PROGBITS, SHF_ALLOC, 1, 0, new byte[4]);
    Linked l =
        link("SECTIONS { . = 0x10000; .text : { *(.text) } . = 0x20000; .data : { *(.data) } }", o);
    assertEquals(0x10010, addr(l, ".my_code"));
    assertEquals(0x10011, addr(l, ".my_rodata"), "read only: after the code, before the new page");
    assertEquals(0x20010, addr(l, ".my_data"));
  }

  @Test
  void symbolsOfAnEndComeBeforeTheOrphans() throws IOException {
    ObjectBuilder o = object();
    o.section(".my_data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 1, 0, new byte[2]);
    Linked l =
        link(
            "SECTIONS { . = 0x10000; .text : { *(.text) } .data : { *(.data) LONG(data_end) }"
                + " data_end = .; }",
            o);
    assertEquals(0x10024, addr(l, ".my_data"));
    assertEquals(0x10024, l.at(0x10020).get(ValueLayout.JAVA_INT_UNALIGNED, 0));
  }

  @Test
  void notesStandTogetherTheMostAlignedFirst() throws IOException {
    ObjectBuilder o = object();
    o.section(".note.a", SHT_NOTE, SHF_ALLOC, 4, 0, new byte[16]);
    o.section(".my_rodata", SHT_PROGBITS, SHF_ALLOC, 1, 0, new byte[4]);
    o.section(".note.b", SHT_NOTE, SHF_ALLOC, 8, 0, new byte[16]);
    Linked l = link("SECTIONS { . = 0x10000; .text : { *(.text) } .data : { *(.data) } }", o);
    assertEquals(addr(l, ".note.b") + 16, addr(l, ".note.a"));
    assertTrue(addr(l, ".my_rodata") < addr(l, ".data"));
  }

  @Test
  void anOutputSectionOfTheSameNameTakesWhatIsAlikeOnly() throws IOException {
    ObjectBuilder o = object();
    o.section(".mine", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 1, 0, new byte[8]);
    Linked l =
        link(
            "SECTIONS { . = 0x10000; .text : { *(.text) } .mine : { BYTE(1) } .data : { *(.data) }"
                + " }",
            o);
    assertEquals(1, l.section(".mine").bytes().byteSize(), "data alone has no type");
  }
}
