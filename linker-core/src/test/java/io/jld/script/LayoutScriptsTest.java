package io.jld.script;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.plan.LayoutPlan;
import org.junit.jupiter.api.Test;

/** Scripts as projects have them: kernels, boot loaders, firmware. */
class LayoutScriptsTest {
  private static LayoutPlan printed(String text) {
    LayoutPlan plan = LayoutPlanTest.parse(text);
    assertEquals(
        Structure.of(plan), Structure.of(LayoutPlanTest.parse(plan.toString())), plan::toString);
    return plan;
  }

  /** After the preprocessor, a kernel's script has long lines and odd spaces. */
  @Test
  void kernel() {
    LayoutPlan plan =
        printed(
            """
            OUTPUT_FORMAT(elf64-x86-64)
            OUTPUT_ARCH(i386:x86-64)
            ENTRY(phys_startup_64)
            jiffies = jiffies_64;
            PHDRS {
             text PT_LOAD FLAGS(5);
             data PT_LOAD FLAGS(6);
             percpu PT_LOAD FLAGS(6);
             init PT_LOAD FLAGS(7);
             note PT_NOTE FLAGS(0);
            }
            SECTIONS
            {
             . = (0xffffffff80000000 + ALIGN(0x1000000, 0x200000));
             phys_startup_64 = ABSOLUTE(startup_64 - 0xffffffff80000000);
             .text : AT(ADDR(.text) - 0xffffffff80000000) {
              _text = .;
              _stext = .;
              KEEP(*(.head.text))
              . = ALIGN((1 << 12)); *(.text.hot .text.hot.*) *(TEXT_MAIN .text.fixup) *(.text.unlikely .text.unlikely.*) *(.ref.text) *(.text.asan.* .text.tsan.*)
              . = ALIGN(8); __sched_text_start = .; *(.sched.text) __sched_text_end = .;
              . = ALIGN((1 << 21));
             } :text =0xcccc
             . = ALIGN((1 << 12));
             _etext = .;
             . = ALIGN(((1 << 12))); .rodata : AT(ADDR(.rodata) - 0xffffffff80000000) { __start_rodata = .; *(.rodata) *(.rodata.*) . = ALIGN(8); } .rodata1 : AT(ADDR(.rodata1) - 0xffffffff80000000) { *(.rodata1) }
             __ex_table : AT(ADDR(__ex_table) - 0xffffffff80000000) { __start___ex_table = .; KEEP(*(__ex_table)) __stop___ex_table = .; } :data
             .notes : AT(ADDR(.notes) - 0xffffffff80000000) { __start_notes = .; KEEP(*(.note.*)) __stop_notes = .; } :text :note
             .orc_lookup : AT(ADDR(.orc_lookup) - 0xffffffff80000000) { . += (((SIZEOF(.text) + 256 - 1) / 256) + 1) * 4; }
             __per_cpu_load = .; .data..percpu 0 : AT(__per_cpu_load - 0xffffffff80000000) { __per_cpu_start = .; *(.data..percpu..first) . = ALIGN((1 << 12)); *(.data..percpu..read_mostly) *(.data..percpu) } :percpu . = __per_cpu_load + SIZEOF(.data..percpu);
             .init.begin : AT(ADDR(.init.begin) - 0xffffffff80000000) { BYTE(0) } :init
             .con_initcall.init : { KEEP(*(SORT(.con_initcall.init*))) KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*) SORT_BY_INIT_PRIORITY(.ctors.*))) KEEP(*(EXCLUDE_FILE(*crtbegin.o *crtend.o) .ctors)) }
             .bss : AT(ADDR(.bss) - 0xffffffff80000000) { __bss_start = .; *(.bss..page_aligned) . = ALIGN((1 << 12)); *(BSS_MAIN) *(COMMON) __bss_stop = .; }
             _end = .;
             .stab 0 : { *(.stab) } .comment 0 : { *(.comment) }
             .debug 0 : { *(.debug) } .debug_info 0 : { *(.debug_info .gnu.linkonce.wi.*) }
             /DISCARD/ : { *(.exitcall.exit) *(.discard) *(.discard.*) *(.modinfo) *(.gnu.version*) }
             .got.plt (INFO) : { *(.got.plt) }
             ASSERT(SIZEOF(.got.plt) == 0 || SIZEOF(.got.plt) == 0x18, "Unexpected GOT/PLT entries detected!")
             .rela.dyn : { *(.rela.*) *(.rela_*) }
             ASSERT(SIZEOF(.rela.dyn) == 0, "Unexpected run-time relocations (.rela) detected!")
            }
            init_per_cpu__gdt_page = ABSOLUTE(gdt_page) + __per_cpu_load;
            . = ASSERT((_end - _text <= (1024 * 1024 * 1024)), "kernel image bigger than KERNEL_IMAGE_SIZE");
            """);
    assertEquals(5, plan.headers().size());
    assertEquals(30, plan.statements().size(), plan::toString);
  }

  @Test
  void bootLoaders() {
    printed(
        """
        OUTPUT_FORMAT("elf32-i386", "elf32-i386", "elf32-i386")
        OUTPUT_ARCH(i386)
        ENTRY(_start)
        SECTIONS
        {
          . = 0x7c00;
          .text : { *(.text .text.*) . = 0x1fe; SHORT(0xaa55) }
          _edata = .;
          .rodata.str1.1 ALIGN(0x1) : { *(.rodata.str1.1) }
          .rel.text       0 : { *(.rel.text) }
          .bss (NOLOAD) : SUBALIGN(16) { *(.bss .bss.*) *(COMMON) }
          . = ALIGN(4);
          __end = .; PROVIDE (end = .);
          ASSERT (__end <= 0x8000, "does not fit")
          /DISCARD/ : { *(.note*) *(.eh_frame) *(.comment) }
        }
        """);
    printed( // setup.ld of a kernel
        """
        SECTIONS
        {
        	. = 0;
        	.bstext	: {
        		*(.bstext)
        		. = 495;
        	} =0xffffffff
        	.header		: { *(.header) }
        	. = ALIGN(16);
        	.videocards	: { video_cards = .; *(.videocards) video_cards_end = .; }
        	.signature	: { setup_sig = .; LONG(0x5a5aaa55) }
        	.bss		: { __bss_start = .; *(.bss) __bss_end = .; }
        	. = ASSERT(_end <= 0x8000, "Setup too big!");
        	. = ASSERT(hdr == 0x1f1, "The setup header has the wrong offset!");
        }
        """);
  }

  /** As a microcontroller's vendor has it. */
  @Test
  void firmware() {
    printed(
        """
        /* Entry Point */
        ENTRY(Reset_Handler)
        _estack = ORIGIN(RAM) + LENGTH(RAM);
        _Min_Heap_Size = 0x200 ;
        MEMORY
        {
          RAM    (xrw)    : ORIGIN = 0x20000000,   LENGTH = 96K
          FLASH    (rx)    : ORIGIN = 0x8000000,   LENGTH = 1024K - 8
          B1 (r) : ORIGIN = 0x60000000, LENGTH = 0K
        }
        REGION_ALIAS("REGION_TEXT", FLASH);
        SECTIONS
        {
          .isr_vector : { . = ALIGN(4); KEEP(*(.isr_vector)) . = ALIGN(4); } >FLASH
          .text : { *(.glue_7) *(.glue_7t) *(.eh_frame) KEEP (*(.init)) _etext = .; } > REGION_TEXT
          .ARM (READONLY) : { __exidx_start = .; *(.ARM.exidx*) __exidx_end = .; } >FLASH
          .init_array (READONLY) : { PROVIDE_HIDDEN (__init_array_start = .);
             KEEP (*(SORT(.init_array.*))) KEEP (*(.init_array*)) } >FLASH
          _sidata = LOADADDR(.data);
          .data : { _sdata = .; *(.data) *(.data*) . = ALIGN(4); _edata = .; } >RAM AT> FLASH
          .tbss (NOLOAD) : { *(.tbss) } >RAM AT>RAM
          ._user_heap_stack : { . = ALIGN(8); PROVIDE ( end = . ); . = . + _Min_Heap_Size; } >RAM
          .fini 0x8001000 (TYPE = SHT_PROGBITS) : ALIGN(0x10) AT(LOADADDR(.data) + SIZEOF(.data)) { }
          /DISCARD/ : { libc.a ( * ) libm.a ( * ) *libgcc.a:(.text) }
          .ARM.attributes 0 : { *(.ARM.attributes) }
          .checks : { LONG(DEFINED(x) ? x : 0) QUAD(~0) }
        } INSERT AFTER .text;
        """);
  }

  /** Statements of GNU ld's manual. */
  @Test
  void manual() {
    for (String text :
        new String[] {
          "SECTIONS { . = 0x10000; .text : { *(.text) } . = 0x8000000; .data : { *(.data) } }",
          "SECTIONS { .data : { *(.data) _edata = ALIGN(4); } }",
          "floating_point = 0; SECTIONS { .text : { *(.text) _etext = .; }"
              + " _bdata = (. + 3) & ~ 3; .data : { *(.data) } }",
          "HIDDEN(floating_point = 0);",
          "SECTIONS { .text : { *(.text) _etext = .; PROVIDE(etext = .); } }",
          "SECTIONS { outputa 0x10000 : { all.o foo.o (.input1) } outputb : { foo.o (.input2)"
              + " foo1.o (.input1) } outputc : { *(.input1) *(.input2) } }",
          "SECTIONS { .text : { *(.text) } .DATA : { [A-Z]*(.data) } .data : { *(.data) } }",
          "SECTIONS { .x : { EXCLUDE_FILE (*crtend.o *otherfile.o) *(.ctors) } }",
          "SECTIONS { .x : { *(EXCLUDE_FILE (*a.o) .text EXCLUDE_FILE (*b.o) .data) } }",
          "SECTIONS { .x : { INPUT_SECTION_FLAGS (SHF_MERGE & SHF_STRINGS) *(.text) } }",
          "SECTIONS { .text : { *(.text) LONG(1) } .data : { *(.data) } }",
          "SECTIONS { .x : { FILL(0x90909090) *(.x) } }",
          "SECTIONS { OVERLAY 0x1000 : AT (0x4000) { .text0 { o1/*.o(.text) }"
              + " .text1 { o2/*.o(.text) } } }",
          "SECTIONS { .text 0x1000 : { *(.text) _etext = . ; } .mdata 0x2000 :"
              + " AT ( ADDR (.text) + SIZEOF (.text) ) { _data = . ; *(.data); _edata = . ; }"
              + " .bss 0x3000 : { _bstart = . ; *(.bss) *(COMMON) ; _bend = . ;} }",
          "MEMORY { rom : ORIGIN = 0x1000, LENGTH = 0x1000 } SECTIONS { ROM : { *(.text) } >rom }",
          "SECTIONS { .text : { *(.text) } :text .interp : { *(.interp) } :text :interp"
              + " .dynamic : { *(.dynamic) } :data :dynamic }",
          "SECTIONS { .output : { start = .; begin_foo = .; . += 0x100; LONG(. - start) } }",
          "SECTIONS { . = . + 0x10; x = SIZEOF(.output) - 1; .output ALIGN(0x2000) : { } }",
          "SECTIONS { sym1 = DEFINED(begin) ? begin : . ; }",
          "SECTIONS { .note.x (INFO) : { KEEP (*(SORT_NONE(.note.x))) } }",
          "OVERLAYS = 1; ASSERT(OVERLAYS == 1, \"overlays\");",
        }) {
      printed(text);
    }
  }
}
