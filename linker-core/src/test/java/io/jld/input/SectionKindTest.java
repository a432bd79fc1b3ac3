package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.Elf;
import io.jld.testing.ObjectBuilder;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SectionKindTest {
  /** A kind, and names of it. */
  private static final String[] NAMES = {
    "TEXT .text .text. .text.main .text.hotter .text.u .text.unlikelyx .text.exits .text.startups",
    "TEXT .text.x.hot .text..hot .text.h .text.ho",
    "TEXT_UNLIKELY .text.unlikely .text.unlikely.f .text.unlikely.",
    "TEXT_EXIT .text.exit .text.exit.f",
    "TEXT_STARTUP .text.startup .text.startup.main",
    "TEXT_HOT .text.hot .text.hot.f .text.hot.",
    "RODATA .rodata .rodata.cst8 .rodata.str1.1 .rodata.",
    "DATA_REL_RO .data.rel.ro .data.rel.ro.local .data.rel.ro.local.x",
    "DATA .data .data.x .data.rel .data.rel.local .data.rel.rox .data.rel.r .data.",
    "BSS_REL_RO .bss.rel.ro .bss.rel.ro.local",
    "BSS .bss .bss.x .bss.rel.rox .bss.rel",
    "TDATA .tdata .tdata.x",
    "TBSS .tbss .tbss.x",
    "INIT_ARRAY .init_array .init_array.00100",
    "FINI_ARRAY .fini_array .fini_array.65535",
    "PREINIT_ARRAY .preinit_array .preinit_array.1",
    "GCC_EXCEPT_TABLE .gcc_except_table .gcc_except_table.f",
    "CTORS .ctors .ctors.65535",
    "DTORS .dtors .dtors.00001",
    "LDATA .ldata .ldata.x",
    "LRODATA .lrodata .lrodata.x",
    "LBSS .lbss .lbss.x",
    "LTEXT .ltext .ltext.x",
    "EH_FRAME_ENTRY .eh_frame_entry .eh_frame_entry.f",
    "EH_FRAME .eh_frame",
    "LINKONCE .gnu.linkonce.t.f .gnu.linkonce. .gnu.linkonce.wi.x",
    "WARNING .gnu.warning.gets .gnu.warning.",
    "LTO .gnu.lto_main .gnu.lto_ .gnu.lto_.decls",
    "STACK_NOTE .note.GNU-stack",
    "DEBUG .debug_info .debug .debug_line.dwo .stab .stabstr .line .gdb_index",
    "DEBUG .gnu.debuglto_.debug_info",
    "ZDEBUG .zdebug_info .zdebug",
    "IDENTIFIER text my_section x __libc_freeres_fn a.b _ 9 /x",
    "OTHER . .. .x .t .te .tex .textual .text_ .Text .rodat .rodatas .dat .datas .b .bs .bssx",
    "OTHER .tdatas .tbsss .init .init_arrays .fini .fini_arrayx .preinit .preinit_array_",
    "OTHER .gnu .gnu. .gnu.linkonce .gnu.warning .gnu.lto .gnu.hash .gnu.version .got .group",
    "OTHER .gcc_except_tables .gcc_except .ctorsx .ctor .dtorsx .dtor .ldatas .lrodatas .lbssx",
    "OTHER .lines .line.x .eh_frame.x .eh_frames .eh_frame_hdr .eh_frame_entryx .eh",
    "COMMENT .comment",
    "OTHER .comments .comment.x .comm .commenx .c",
    "OTHER .note .note.GNU-stack.x .note.GNU-stac .note.gnu.property .zdebu .sta .debu"
  };

  private static List<String[]> rows() {
    List<String[]> rows = new ArrayList<>();
    for (String line : NAMES) {
      String[] words = line.split(" ");
      for (int i = 1; i < words.length; i++) {
        rows.add(new String[] {words[0], words[i]});
      }
    }
    return rows;
  }

  @Test
  void allNames() {
    Set<SectionKind> seen = EnumSet.noneOf(SectionKind.class);
    for (boolean wide : new boolean[] {true, false}) {
      ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
      for (String[] row : rows()) {
        o.section(row[1], Elf.SHT_PROGBITS, 0, 1, 0, new byte[4]);
      }
      ObjectFile f = o.file("a.o");
      int section = 1;
      for (String[] row : rows()) {
        assertEquals(row[1], f.sectionName(section));
        assertEquals(SectionKind.valueOf(row[0]), f.kind(section), row[1]);
        seen.add(f.kind(section++));
      }
    }
    assertEquals(EnumSet.allOf(SectionKind.class), seen, "a kind without a test");
  }

  @Test
  void emptyName() {
    ObjectBuilder o = ObjectBuilder.wide();
    int section = o.section("", Elf.SHT_PROGBITS, 0, 1, 0, new byte[4]);
    assertEquals(SectionKind.OTHER, o.file("a.o").kind(section));
    assertEquals(SectionKind.OTHER, o.file("a.o").kind(0));
  }

  /** Each name as the last of its table, where nothing but the NUL follows. */
  @Test
  void nameAtTheEndOfTheTable() {
    for (String[] row : rows()) {
      byte[] bytes = (row[1] + "\0").getBytes(StandardCharsets.UTF_8);
      StringTable table = new StringTable(MemorySegment.ofArray(bytes), 0, bytes.length);
      assertEquals(SectionKind.valueOf(row[0]), SectionKind.of(table, 0), row[1]);
    }
  }

  @Test
  void families() {
    assertEquals(".text.hot", SectionKind.TEXT_HOT.family());
    assertEquals(".data.rel.ro", SectionKind.DATA_REL_RO.family());
    assertNull(SectionKind.OTHER.family());
    assertNull(SectionKind.DEBUG.family());
    for (SectionKind kind : SectionKind.values()) {
      assertTrue(SectionKind.of((byte) kind.ordinal()) == kind);
    }
  }
}
