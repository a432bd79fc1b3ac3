package io.jld.examples.aarch64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.arch.Arches;
import io.jld.examples.aarch64.Toolchain.Kind;
import io.jld.link.DiagnosticCode;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Relocations by themselves: what can not be done is an error of the input, whatever it is. */
class RelocationsTest {
  private static final long ADDEND = 0x5eed5eed5eed5eedL;
  private static final int SIZE = 32;

  @TempDir Path dir;
  private Toolchain tools;

  @BeforeEach
  void tools() throws Exception {
    Toolchain.assume();
    tools = new Toolchain(dir);
  }

  /** An object with one relocation against a variable, of type 257, that can be changed. */
  private byte[] object(String symbol) throws Exception {
    String source =
        """
        .section .note.GNU-stack, "", %%progbits
        .section .tdata, "awT", %%progbits
        .globl thread_local
        .type thread_local, %%tls_object
        thread_local: .xword 1
        .data
        .globl data
        data: .xword 0
        .text
        .globl _start
        _start:
        .reloc 0, R_AARCH64_ABS64, %s + 0x5eed5eed5eed5eed
        .space %d
        """;
    return Files.readAllBytes(tools.compile("one.S", source.formatted(symbol, SIZE)));
  }

  private static byte[] with(byte[] object, int type, long offset, long addend) {
    ByteBuffer bytes = ByteBuffer.wrap(object.clone()).order(ByteOrder.LITTLE_ENDIAN);
    int at =
        IntStream.range(0, object.length - 8)
            .filter(i -> bytes.getLong(i) == ADDEND)
            .findFirst()
            .orElseThrow();
    bytes.putLong(at - 16, offset).putInt(at - 8, type).putLong(at, addend);
    return bytes.array();
  }

  private static void link(OutputKind kind, byte[] object) {
    Linker.link(
        LinkRequest.builder()
            .arches(new Arches(List.of(new Aarch64())))
            .threads(1)
            .set(LinkOption.OUTPUT_KIND, kind)
            .input(InputSource.memory("one.o", object))
            .output(OutputSink.memory())
            .build());
  }

  /** Bytes of the field are beyond the section's end, or code of a sequence is. */
  @Test
  void aFieldBeyondTheSectionIsNoMoreThanAnError() throws Exception {
    for (String symbol : List.of("data", "thread_local")) {
      byte[] object = object(symbol);
      int[] types =
          IntStream.concat(
                  IntStream.rangeClosed(256, 320),
                  IntStream.concat(
                      IntStream.rangeClosed(510, 580), IntStream.rangeClosed(1020, 1040)))
              .toArray();
      for (int type : types) {
        for (OutputKind kind : List.of(OutputKind.EXECUTABLE, OutputKind.SHARED)) {
          for (long offset : new long[] {0, SIZE - 1}) {
            try {
              link(kind, with(object, type, offset, 0));
              assertTrue(offset == 0 || Aarch64Apply.width(type) <= 1, () -> "type " + type);
            } catch (LinkException e) {
              assertFalse(
                  e.diagnostics().stream().anyMatch(d -> d.code() == DiagnosticCode.INTERNAL_ERROR),
                  () -> "type " + type + ": " + e.getMessage());
            }
          }
        }
      }
    }
  }

  private LinkException fails(OutputKind kind, byte[] object) {
    return assertThrows(LinkException.class, () -> link(kind, object));
  }

  private void refuses(OutputKind kind, byte[] object, DiagnosticCode code, String words) {
    LinkException e = fails(kind, object);
    assertEquals(code, e.diagnostics().getFirst().code(), e::getMessage);
    assertTrue(e.getMessage().contains(words), e::getMessage);
  }

  @Test
  void messages() throws Exception {
    byte[] data = object("data");
    refuses(
        OutputKind.EXECUTABLE,
        with(data, 999, 0, 0),
        DiagnosticCode.UNKNOWN_RELOCATION,
        "unknown relocation type 999");
    refuses(
        OutputKind.EXECUTABLE,
        with(data, Aarch64Reloc.R_AARCH64_RELATIVE, 0, 0),
        DiagnosticCode.UNKNOWN_RELOCATION,
        "unexpected dynamic relocation R_AARCH64_RELATIVE");
    refuses(
        OutputKind.EXECUTABLE,
        with(data, Aarch64Reloc.R_AARCH64_TLSLE_ADD_TPREL_LO12, 0, 0),
        DiagnosticCode.TLS_RELOCATION,
        "which is not thread-local");
    refuses(
        OutputKind.SHARED,
        with(object("thread_local"), Aarch64Reloc.R_AARCH64_TLSLE_ADD_TPREL_LO12, 0, 0),
        DiagnosticCode.NOT_PIC,
        "recompile with -fPIC");
    refuses(
        OutputKind.EXECUTABLE,
        with(data, Aarch64Reloc.R_AARCH64_LDST64_ABS_LO12_NC, 0, 4),
        DiagnosticCode.UNUSABLE_RELOCATION,
        "is not aligned to 8 bytes");
    refuses(
        OutputKind.EXECUTABLE,
        with(data, Aarch64Reloc.R_AARCH64_MOVW_UABS_G0, 0, 0),
        DiagnosticCode.RELOCATION_OVERFLOW,
        "R_AARCH64_MOVW_UABS_G0 out of range");
    refuses(
        OutputKind.EXECUTABLE,
        with(object("thread_local"), Aarch64Reloc.R_AARCH64_TLSGD_ADD_LO12_NC, 0, 0),
        DiagnosticCode.TLS_SEQUENCE,
        "not those that the psABI prescribes");
  }

  /** No thunk extends a conditional branch; the message says how far it reaches. */
  @ParameterizedTest
  @CsvSource({"'cbz x0, away',CONDBR19,1 MiB", "'tbz x0, #1, away',TSTBR14,32 KiB"})
  void conditionalBranchesAreOutOfRange(String branch, String type, String reach) throws Exception {
    String stack = ".section .note.GNU-stack, \"\", %progbits\n";
    Path near = tools.compile("near.S", stack + ".text\n.globl _start\n_start: " + branch + "\n");
    String far = ".section .far, \"ax\", %progbits\n.globl away\naway: ret\n";
    Path away = tools.compile("away.S", stack + far);
    LinkException e =
        assertThrows(
            LinkException.class,
            () ->
                tools.bare(
                    "out",
                    Kind.STATIC,
                    b -> b.set(LinkOption.SECTION_START, Map.of(".far", 0x20000000L)),
                    near,
                    away));
    assertTrue(e.getMessage().contains("R_AARCH64_" + type + " out of range"), e::getMessage);
    assertTrue(e.getMessage().contains("the field reaches " + reach), e::getMessage);
  }
}
