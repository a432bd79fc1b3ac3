package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Programs for machines without an operating system, each placed by a linker script of its own:
 * qemu starts them, and they say over the serial line what they find of themselves in memory. GNU
 * ld links each of them too: it shows that the programs are right.
 */
class BareMetalTest {
  enum Linker {
    GNU,
    JLD
  }

  /** What the device isa-debug-exit makes of the 0x10 that the programs give it. */
  private static final int DONE = 0x10 << 1 | 1;

  /** Functions for all programs in C: they print to the first serial port. */
  private static final String SERIAL =
      """
      typedef unsigned long word;
      static inline void out(unsigned short port, unsigned char value) {
        __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
      }
      static inline unsigned char in(unsigned short port) {
        unsigned char value;
        __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
        return value;
      }
      static void put(char c) {
        while (!(in(0x3f8 + 5) & 0x20)) { }
        out(0x3f8, c);
      }
      static void print(const char *s) {
        while (*s) put(*s++);
      }
      static void hex(word value) {
        int shift = sizeof value * 8;
        while ((shift -= 4) >= 0) put("0123456789abcdef"[value >> shift & 15]);
      }
      static void show(const char *name, word value) {
        print(name); print(" "); hex(value); print("\\n");
      }
      static void done(void) {
        while (!(in(0x3f8 + 5) & 0x40)) { }
        __asm__ volatile("outl %0, %1" : : "a"(0x10), "Nd"((unsigned short)0xf4));
        for (;;) __asm__ volatile("cli; hlt");
      }
      """;

  private static final String[] FREESTANDING = {
    "-O1",
    "-ffreestanding",
    "-nostdlib",
    "-fno-pic",
    "-fno-pie",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    "-fcf-protection=none",
    "-mgeneral-regs-only",
    "-mno-red-zone",
  };

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.need("gcc", "ld", "qemu-system-x86_64");
    return new Workbench(dir, target);
  }

  private static Path freestanding(Workbench w, String name, String source, String... flags) {
    List<String> all = new ArrayList<>(Arrays.asList(FREESTANDING));
    all.addAll(Arrays.asList(flags));
    return w.c(name, SERIAL + source, all.toArray(String[]::new));
  }

  private static Path link(Workbench w, Linker linker, Object... args) {
    Object[] all = {"-m", w.target.emulation, args};
    Linked linked = linker == Linker.JLD ? w.jld(all) : w.ld(all);
    assertEquals(0, linked.silent().status(), linked::toString);
    return linked.output();
  }

  /** What a machine prints until the program ends it. */
  private String boot(String... how) {
    List<String> command = new ArrayList<>(List.of("timeout", "30", "qemu-system-x86_64"));
    command.addAll(List.of("-machine", "pc", "-accel", "tcg", "-m", "32", "-net", "none"));
    command.addAll(List.of("-display", "none", "-monitor", "none", "-serial", "stdio"));
    command.addAll(List.of("-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"));
    command.addAll(Arrays.asList(how));
    Proc p = Proc.run(dir, command);
    assertEquals(DONE, p.status(), p::toString);
    return p.out();
  }

  /**
   * A 32-bit kernel whose Multiboot header has no addresses: the loader takes them from the program
   * headers. The header stands first, whatever the order of the files; constructors and commands
   * are tables that the script puts together; the script's symbols are read by the program.
   */
  @ParameterizedTest
  @EnumSource
  void multiboot(Linker linker) {
    Workbench w = workbench(Target.X86);
    Path commands =
        freestanding(
            w,
            "commands",
            """
            struct command { const char *name; int number; };
            #define COMMAND(name, n) \\
              static const struct command name \\
                __attribute__((used, section(".commands." #n))) = {#name, n}
            COMMAND(third, 30);
            COMMAND(first, 10);
            COMMAND(second, 20);
            int constructed[2];
            static void two(void) { constructed[1] = constructed[0] + 1; }
            static void one(void) { constructed[0] = 1; }
            typedef void (*function)(void);
            static function f2 __attribute__((used, section(".init_array.00200"))) = two;
            static function f1 __attribute__((used, section(".init_array.00100"))) = one;
            """);
    Path kernel =
        freestanding(
            w,
            "kernel",
            """
            struct command { const char *name; int number; };
            extern const struct command commands[], commands_end[];
            typedef void (*function)(void);
            extern const function constructors[], constructors_end[];
            extern int constructed[2];
            extern char image_start[], image_end[], zeros[], zeros_end[], stack_top[];
            extern char command_size[], version[], unused_default[];
            int initialized = 0x600d;
            int zero[1000];
            void kernel(word magic) {
              word sum = 0;
              for (char *p = zeros; p < zeros_end; p++) sum |= *p;
              for (const function *f = constructors; f < constructors_end; f++) (*f)();
              show("magic", magic);
              show("constructed", constructed[0] << 4 | constructed[1]);
              for (const struct command *c = commands; c < commands_end; c++) {
                show(c->name, c->number);
              }
              show("commands", (word)(commands_end - commands));
              show("command_size", (word)command_size);
              show("initialized", initialized);
              show("zeros", sum);
              show("stack aligned", (word)stack_top & 0xfff);
              show("image_start", (word)image_start);
              show("pages", ((word)image_end & 0xfff) == 0);
              show("version", (word)version);
              show("default", (word)unused_default);
              done();
            }
            """);
    Path start =
        w.asm(
            "start",
            """
            .section .multiboot, "a"
            .long 0x1badb002, 0x3, -(0x1badb002 + 0x3)
            .text
            .globl _start
            _start:
              mov $stack_top, %esp
              push %eax
              call kernel
            .section .note.GNU-stack,"",@progbits
            """);
    Path script =
        w.file(
            "kernel.ld",
            """
            OUTPUT_FORMAT("elf32-i386", "elf32-i386", "elf32-i386")
            OUTPUT_ARCH(i386)
            ENTRY(_start)
            load_address = 1M;
            version = 0x10000 * 3 + 7;
            SECTIONS
            {
              . = load_address;
              image_start = .;
              .text : ALIGN(4K) {
                KEEP(*(.multiboot))
                *(EXCLUDE_FILE(*start.o) .text .text.*)
                *start.o(.text)
                . = ALIGN(16);
              } =0x90909090
              .rodata ALIGN(4K) : {
                *(.rodata .rodata.*)
                . = ALIGN(4);
                commands = .;
                KEEP(*(SORT(.commands.*)))
                commands_end = .;
                constructors = .;
                KEEP(*(SORT_BY_INIT_PRIORITY(.init_array.*)))
                constructors_end = .;
              }
              command_size = (commands_end - commands) / 3;
              PROVIDE(version = 1);
              PROVIDE(unused_default = DEFINED(commands) ? SIZEOF(.multiboot_copy) : 0xbad);
              .data : ALIGN(4K) { *(.data .data.*) }
              .multiboot_copy : { LONG(0x1badb002) LONG(3) }
              .bss : ALIGN(4K) {
                zeros = .;
                *(.bss .bss.*) *(COMMON)
                zeros_end = .;
                . = ALIGN(4K);
                . += 16K;
                stack_top = .;
              }
              . = ALIGN(4K);
              image_end = .;
              /DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame) }
              ASSERT(image_end - image_start < 1M, "the kernel is too large")
              ASSERT(commands_end - commands == 24, "there are three commands")
            }
            """);
    Path image = link(w, linker, "--gc-sections", "-T", script, commands, kernel, start);
    ElfImage elf = ElfImage.read(image);
    assertEquals(elf.symbol("_start").value(), elf.entry);
    assertFalse(elf.hasSection(".comment"));
    assertEquals(
        """
        magic 2badb002
        constructed 00000012
        first 0000000a
        second 00000014
        third 0000001e
        commands 00000003
        command_size 00000008
        initialized 0000600d
        zeros 00000000
        stack aligned 00000000
        image_start 00100000
        pages 00000001
        version 00030007
        default 00000008
        """,
        boot("-kernel", image.toString()));
  }

  /**
   * A kernel in the upper half of the 64-bit address space: its first code, at its load address, is
   * found by the note of PVH, switches to long mode and jumps up. Memory regions say where
   * everything runs and where it is loaded, the script's program headers what is loaded how.
   */
  @ParameterizedTest
  @EnumSource
  void upperHalf(Linker linker) {
    Workbench w = workbench(Target.AMD64);
    Path start =
        w.asm(
            "start",
            """
            .section .note.Xen, "a", @note
            .long 4, 8, 18
            .asciz "Xen"
            .quad start32

            .section .boot.text, "ax"
            .code32
            .globl start32
            start32:
              mov $boot_stack_top, %esp
              lgdt gdt_pointer
              mov $tables, %edi                 # 4 KiB each: PML4, PDPT, PD
              lea 0x1003(%edi), %eax
              mov %eax, (%edi)
              mov %eax, 511 * 8(%edi)           # the upper half is the lower one again
              lea 0x2003(%edi), %eax
              mov %eax, 0x1000(%edi)
              mov %eax, 0x1000 + 510 * 8(%edi)
              movl $0x83, 0x2000(%edi)          # two pages of 2 MiB
              movl $0x200083, 0x2008(%edi)
              mov %edi, %cr3
              mov %cr4, %eax
              or $0x20, %eax
              mov %eax, %cr4
              mov $0xc0000080, %ecx
              rdmsr
              or $0x100, %eax
              wrmsr
              mov %cr0, %eax
              or $0x80000000, %eax
              mov %eax, %cr0
              ljmp $8, $start64
            .code64
            start64:
              mov $stack_top, %rsp
              mov $kernel, %rax
              call *%rax

            .section .boot.data, "aw"
            .balign 16
            gdt: .quad 0, 0x00209a0000000000
            gdt_pointer: .word 15
              .long gdt

            .section .boot.bss, "aw", @nobits
            .balign 4096
            tables: .skip 0x3000
            .skip 256
            boot_stack_top:
            .section .note.GNU-stack,"",@progbits
            """);
    Path kernel =
        freestanding(
            w,
            "kernel",
            """
            extern char text_start[], text_load[], data_start[], data_load[], data_end[];
            extern char zeros[], zeros_end[], upper[], boot_end[], table[], signature[];
            extern char per_cpu_offset[], region_end[];
            int initialized = 0x600d;
            int zero[2000];
            int per_cpu __attribute__((section(".percpu"))) = 0x77;
            const char *const message = "in the upper half";
            void kernel(void) {
              print(message); print("\\n");
              show("text", (word)text_start);
              show("text loaded", (word)text_load);
              show("distance", (word)(data_start - data_load));
              show("data is text's successor", data_load >= text_load);
              show("loaded data", *(int *)(data_load + ((char *)&initialized - data_start)));
              show("initialized", initialized);
              word sum = 0;
              for (char *p = zeros; p < zeros_end; p++) sum |= *p;
              show("zeros", sum);
              show("boot end is page", ((word)boot_end & 0xfff) == 0);
              show("table", *(word *)table == (word)kernel);
              show("in upper", (word)kernel >= (word)upper);
              show("signature", *(unsigned short *)signature);
              show("per_cpu address", (word)&per_cpu);
              show("per_cpu", *(int *)((word)&per_cpu + (word)per_cpu_offset));
              show("region end", (word)region_end);
              done();
            }
            """,
            "-mcmodel=kernel");
    Path script =
        w.file(
            "kernel.ld",
            """
            OUTPUT_FORMAT(elf64-x86-64)
            ENTRY(start32)
            upper = 0xffffffff80000000;
            MEMORY
            {
              low  (rwx) : ORIGIN = 1M, LENGTH = 64K
              phys (rwx) : ORIGIN = ORIGIN(low) + LENGTH(low), LENGTH = 1M
              virt (rwx) : org = 0xffffffff80110000, len = 0x100000
            }
            REGION_ALIAS("code", virt)
            PHDRS
            {
              note PT_NOTE FLAGS(4);
              boot PT_LOAD FLAGS(7);
              text PT_LOAD FLAGS(5);
              data PT_LOAD FLAGS(6);
              percpu PT_LOAD;
              bss PT_LOAD FLAGS(6);
            }
            SECTIONS
            {
              .notes : { KEEP(*(.note.Xen)) } >low :boot :note
              .boot : { *(.boot.text) *(.boot.data) } >low :boot
              .boot.bss (NOLOAD) : { *(.boot.bss) . = ALIGN(4K); boot_end = .; } >low
              .text : {
                text_start = .;
                *(.text .text.*)
                . = ALIGN(64);
                table = .;
                QUAD(kernel)
                signature = .;
                SHORT(0xaa55)
              } >code AT>phys :text
              text_load = LOADADDR(.text);
              .rodata : ALIGN(64) { *(.rodata .rodata.*) } >code AT>phys :text
              .data : ALIGN(4K) SUBALIGN(16) {
                data_start = ABSOLUTE(.);
                *(.data .data.*)
                data_end = ABSOLUTE(.);
              } >virt AT>phys :data
              data_load = LOADADDR(.data);
              .percpu 0 : AT(LOADADDR(.data) + SIZEOF(.data)) { *(.percpu) } :percpu
              per_cpu_offset = upper + LOADADDR(.percpu);
              .bss (ADDR(.data) + SIZEOF(.data) + 4K) (NOLOAD) : AT(data_load + SIZEOF(.data) + 4K) {
                zeros = .;
                *(.bss .bss.* COMMON)
                zeros_end = .;
                . = ALIGN(4K);
                . += 8K;
                stack_top = .;
              } >virt :bss
              region_end = ORIGIN(virt) + LENGTH(virt);
              /DISCARD/ : { *(.comment .note.* .eh_frame) }
            }
            ASSERT(LOADADDR(.data) - LOADADDR(.text) == ADDR(.data) - ADDR(.text), "one distance")
            """);
    Path image =
        link(
            w,
            linker,
            "--no-warn-rwx-segments",
            "-z",
            "max-page-size=4096",
            "-T",
            script,
            start,
            kernel);
    ElfImage elf = ElfImage.read(image);
    assertTrue(elf.segments.stream().anyMatch(s -> s.type() == 4), "no note");
    assertEquals(
        """
        in the upper half
        text ffffffff80110000
        text loaded 0000000000110000
        distance ffffffff80000000
        data is text's successor 0000000000000001
        loaded data 000000000000600d
        initialized 000000000000600d
        zeros 0000000000000000
        boot end is page 0000000000000001
        table 0000000000000001
        in upper 0000000000000001
        signature 000000000000aa55
        per_cpu address 0000000000000000
        per_cpu 0000000000000077
        region end ffffffff80210000
        """,
        boot("-kernel", image.toString()));
  }

  /**
   * A boot sector and the sector that it loads: a file without headers, in which the signature
   * stands where the BIOS looks for it.
   */
  @ParameterizedTest
  @CsvSource({"GNU,AMD64", "GNU,X86", "JLD,AMD64", "JLD,X86"})
  void bootSector(Linker linker, Target target) throws IOException {
    Workbench w = workbench(target);
    Path second =
        w.asm(
            "second",
            """
            .code16
            .section .second, "ax"
            .globl second
            second:
              mov $text, %si
              call print
              movb $0x10, %al
              outb %al, $0xf4
            1: hlt
              jmp 1b
            .section .second.data, "aw"
            text: .asciz "the second sector\\n"
            .section .note.GNU-stack,"",@progbits
            """);
    Path first =
        w.asm(
            "first",
            """
            .code16
            .section .text.rest, "ax"
            .globl print
            print:
              push %dx                          # the drive, in DL
              mov $0x3f8, %dx
            1: lodsb
              test %al, %al
              jz 2f
              out %al, %dx
              jmp 1b
            2: pop %dx
              ret
            .section .text.entry, "ax"
            .globl start
            start:
              cli
              xor %ax, %ax
              mov %ax, %ds
              mov %ax, %es
              mov %ax, %ss
              mov $start, %sp
              ljmp $0, $1f
            1: mov $text, %si
              call print
              mov $0x0200, %ax
              or $second_sectors, %ax
              mov $2, %cx
              mov $0, %dh
              mov $second_start, %bx
              int $0x13
              jc 2f
              jmp second
            2: hlt
              jmp 2b
            .section .rodata, "a"
            text: .asciz "the boot sector\\n"
            .section .note.GNU-stack,"",@progbits
            """);
    Path script =
        w.file(
            "sector.ld",
            """
            ENTRY(start)
            SECTIONS
            {
              . = 0x7c00;
              .sector : {
                *(.text.entry)
                *(.text .text.* .rodata)
                code_end = .;
                FILL(0xf4)
                . = 510;
                signature = .;
                SHORT(0xaa55)
              }
              ASSERT(code_end <= 0x7c00 + 510, "the boot sector is too large")
              ASSERT(SIZEOF(.sector) == 512 && signature == 0x7dfe, "no boot sector")
              .second : {
                second_start = .;
                *(.second)
                *(.second.data)
                . = ALIGN(512);
              } =0xcc
              second_sectors = SIZEOF(.second) / 512;
              ASSERT(second_start == 0x7e00, "it lies where BX says")
              /DISCARD/ : { *(*) }
            }
            """);
    Path image = link(w, linker, "--oformat", "binary", "-T", script, second, first);
    byte[] bytes = Files.readAllBytes(image);
    assertEquals(1024, bytes.length);
    assertEquals(0x55, bytes[510] & 0xff);
    assertEquals(0xaa, bytes[511] & 0xff);
    assertEquals(0xf4, bytes[509] & 0xff);
    assertEquals(0xcc, bytes[1023] & 0xff);
    String drive = "file=" + image + ",format=raw,if=ide,readonly=off,snapshot=on";
    assertEquals("the boot sector\nthe second sector\n", boot("-drive", drive));
  }
}
