package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.testing.ObjectBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SectionKindTest {
  @ParameterizedTest
  @CsvSource({
    ".text,TEXT",
    ".text.main,TEXT",
    ".text.,TEXT",
    ".textual,OTHER",
    ".tex,OTHER",
    ".text.unlikely,TEXT_UNLIKELY",
    ".text.unlikely.f,TEXT_UNLIKELY",
    ".text.unlikelyf,TEXT",
    ".text.exit.f,TEXT_EXIT",
    ".text.startup,TEXT_STARTUP",
    ".text.hot.f,TEXT_HOT",
    ".text.hotter,TEXT",
    ".rodata,RODATA",
    ".rodata.str1.1,RODATA",
    ".rela.text,OTHER",
    ".data,DATA",
    ".data.x,DATA",
    ".data1,OTHER",
    ".data.rel.ro,DATA_REL_RO",
    ".data.rel.ro.local,DATA_REL_RO",
    ".data.rel.rox,DATA",
    ".data.rel,DATA",
    ".bss,BSS",
    ".bss.x,BSS",
    ".bss.rel.ro,BSS_REL_RO",
    ".tbss.x,TBSS",
    ".tdata,TDATA",
    ".init,OTHER",
    ".init_array,INIT_ARRAY",
    ".init_array.5,INIT_ARRAY",
    ".fini_array,FINI_ARRAY",
    ".preinit_array,PREINIT_ARRAY",
    ".ctors.1,CTORS",
    ".dtors,DTORS",
    ".gcc_except_table._Z1fv,GCC_EXCEPT_TABLE",
    ".gnu.linkonce.t.f,LINKONCE",
    ".gnu.warning.gets,WARNING",
    ".gnu.lto_.x,LTO",
    ".gnu.debuglto_.debug_info,DEBUG",
    ".gnu.version,OTHER",
    ".gdb_index,DEBUG",
    ".ldata,LDATA",
    ".lrodata.x,LRODATA",
    ".lbss,LBSS",
    ".line,DEBUG",
    ".lines,OTHER",
    ".eh_frame,EH_FRAME",
    ".eh_frame_entry.x,EH_FRAME_ENTRY",
    ".eh_frame_hdr,OTHER",
    ".note.GNU-stack,STACK_NOTE",
    ".note.GNU-stack.x,OTHER",
    ".note.gnu.property,OTHER",
    ".debug_info,DEBUG",
    ".zdebug_info,ZDEBUG",
    ".stabstr,DEBUG",
    ".comment,OTHER",
    "my_section,IDENTIFIER",
    "__libc_atexit,IDENTIFIER"
  })
  void kinds(String name, SectionKind kind) {
    ObjectBuilder o = ObjectBuilder.wide();
    int s = o.data(name, new byte[8]);
    assertEquals(kind, o.file("t.o").kind(s));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aSectionWithoutANameIsOther(boolean wide) {
    ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    int s = o.data("", new byte[8]);
    assertEquals(SectionKind.OTHER, o.file("t.o").kind(s));
  }
}
