package io.jld.script;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan means what its script has meant: GNU ld makes the same file of both. */
class PrintedPlanTest {
  private static final String SOURCE =
      """
      .globl _start, data, end_of_text
      .text
      _start: nop
      .section .text.hot,"ax"
      nop
      .section .rodata.str1.1,"aMS",@progbits,1
      .string "text"
      .data
      data: .quad data
      .section .init_array.5,"aw",@init_array
      .quad _start
      .section .ctors.65000,"aw"
      .quad _start
      .section .tdata,"awT"
      .long 1
      .bss
      .skip 24
      .comm common, 64, 32
      .section .note.test,"a",@note
      .long 4, 4, 1
      .string "abc"
      .long 7
      .section .orphan,"aw"
      .long 9
      .section .comment,"MS",@progbits,1
      .string "comment"
      """;

  private static String run(List<String> command) throws IOException, InterruptedException {
    try {
      Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
      String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, p.waitFor(), out);
      return out;
    } catch (IOException e) {
      assumeTrue(false, "not there: " + command.getFirst());
      throw e;
    }
  }

  private static byte[] link(Path dir, String script, String... options) throws Exception {
    Path source = dir.resolve("a.s");
    Path object = dir.resolve("a.o");
    if (!Files.exists(object)) {
      Files.writeString(source, SOURCE);
      run(List.of("as", "--64", source.toString(), "-o", object.toString()));
    }
    Path file = dir.resolve("a.ld");
    Files.writeString(file, script);
    Path out = dir.resolve("a.out");
    List<String> command = new ArrayList<>(List.of("ld", "-e", "_start"));
    command.addAll(List.of(options));
    command.addAll(
        List.of("-T", file.toString(), object.toString(), "-o", out.toString(), "--no-warnings"));
    run(command);
    return Files.readAllBytes(out);
  }

  private static void same(Path dir, String script, String... options) throws Exception {
    String printed = LayoutPlanTest.parse(script).toString();
    assertArrayEquals(link(dir, script, options), link(dir, printed, options), printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-static",
        "-pie",
        "-shared",
        "-N",
        "-n",
        "-r",
        "-z separate-code",
        "-pie -z noseparate-code -z now"
      })
  void builtInScripts(String mode, @TempDir Path dir) throws Exception {
    List<String> command = new ArrayList<>(List.of("ld", "--verbose"));
    command.addAll(List.of(mode.split(" ")));
    String script = run(command).split("={50}\n", -1)[1];
    same(dir, script, mode.split(" "));
  }

  @Test
  void everyStatement(@TempDir Path dir) throws Exception {
    same(
        dir,
        """
        LD_FEATURE("SANE_EXPR")
        MEMORY { rom (rx!w) : ORIGIN = 0x8000, LENGTH = 64K ram(w) : org = 0x20000, len = 1M }
        REGION_ALIAS("code", rom)
        PHDRS {
          text PT_LOAD FILEHDR PHDRS AT(0x7000) FLAGS(5);
          data PT_LOAD FLAGS(4 | 2); odd 0x6ffffffa; tls PT_TLS;
        }
        one = 1;
        SECTIONS {
          . = ORIGIN(rom) + SIZEOF_HEADERS;
          .text ALIGN(32) : SUBALIGN(16) {
            text_start = .; *(EXCLUDE_FILE(b.o) .text SORT(.text.*))
            BYTE(one + 1) SHORT(0x1234) LONG(end_of_text - text_start) QUAD(~0) SQUAD(-2)
            . = ALIGN(16); FILL(0x112233) . += 7; x <<= 1;
            PROVIDE(end_of_text = .);
            ASSERT(. - text_start < 4K, "too large");
          } >code AT>rom :text =0xcafe
          x = 3; x *= 2; x -= 1;
          .rodata : ALIGN(8) ONLY_IF_RO { KEEP(*(SORT_BY_ALIGNMENT(SORT_BY_NAME(.rodata*)))) } >code
          .note (READONLY) : { a.o(.note.test) *:(.note.none) } >code :text :odd
          .data : AT(LOADADDR(.note) + SIZEOF(.note)) {
            [ .data ] EXCLUDE_FILE(c.o) *(.orphan) INPUT_SECTION_FLAGS(SHF_ALLOC & !SHF_TLS) *(.init_array.*)
            HIDDEN(hidden = DEFINED(none) ? none : MAX(x, LOG2CEIL(17)) << 2);
          } >ram :data
          .tdata : { *(.tdata) } >ram :data :tls
          OVERLAY 0x30000 : NOCROSSREFS AT(0x9000) { .o1 { LONG(1) } .o2 { LONG(2) LONG(3) } } :data
          .bss (NOLOAD) : { *(.bss COMMON) . = . + (x > 4 && x != 6 ? 0x10 : 0); } >ram :NONE
          /DISCARD/ : { *(.comment) *(.ctors*) }
        }
        last = ADDR(.bss) + ALIGNOF(.data) % 7;
        """);
  }
}
