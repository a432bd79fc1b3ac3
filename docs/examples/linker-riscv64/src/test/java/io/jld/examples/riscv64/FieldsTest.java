package io.jld.examples.riscv64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.InputSource;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Relocations that are younger than many assemblers: others stand in the source, whose types are
 * changed in the object.
 */
class FieldsTest {
  private static final Map<Integer, Integer> TYPES =
      Map.of(
          Riscv64Reloc.R_RISCV_SET16, Riscv64Reloc.R_RISCV_SET_ULEB128,
          Riscv64Reloc.R_RISCV_SUB16, Riscv64Reloc.R_RISCV_SUB_ULEB128,
          Riscv64Reloc.R_RISCV_ADD8, Riscv64Reloc.R_RISCV_TLSDESC_HI20,
          Riscv64Reloc.R_RISCV_ADD16, Riscv64Reloc.R_RISCV_TLSDESC_LOAD_LO12,
          Riscv64Reloc.R_RISCV_ADD32, Riscv64Reloc.R_RISCV_TLSDESC_ADD_LO12,
          Riscv64Reloc.R_RISCV_ADD64, Riscv64Reloc.R_RISCV_TLSDESC_CALL);

  @TempDir Path dir;

  private List<InputSource> object(String source) throws Exception {
    Path object = Cross.compiler(dir).compile("a.s", source, "-mno-relax");
    byte[] bytes = Files.readAllBytes(object);
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int changed = 0;
    for (int i = 0; i < b.getShort(60); i++) {
      int header = (int) b.getLong(40) + 64 * i;
      int from = (int) b.getLong(header + 24);
      boolean rela = b.getInt(header + 4) == 4;
      for (int at = from; rela && at < from + b.getLong(header + 32); at += 24) {
        Integer type = TYPES.get(b.getInt(at + 8));
        if (type != null) {
          b.putInt(at + 8, type);
          changed++;
        }
      }
    }
    assertTrue(changed > 0);
    return List.of(InputSource.memory("a.o", bytes));
  }

  private static String uleb(String field, int distance) {
    return """
    f:
      .skip %d
    end:
      .data
    x:
      .byte %s
      .reloc x, R_RISCV_SET16, end
      .reloc x, R_RISCV_SUB16, f
    """
        .formatted(distance, field);
  }

  private String data(OutputKind kind, String source) throws Exception {
    var request = Cross.request(kind).set(LinkOption.ENTRY, "0");
    return HexFormat.of()
        .formatHex(new Output(Cross.link(request, object(source)).bytes()).content(".data"));
  }

  @Test
  void numbersOfAnyLength() throws Exception {
    assertEquals("ac8200", data(OutputKind.EXECUTABLE, uleb("0x80, 0x80, 0", 300)));
    assertEquals("07", data(OutputKind.EXECUTABLE, uleb("0", 7)));
    assertEquals("ac02", data(OutputKind.SHARED, uleb("0x80, 0", 300)));
  }

  @Test
  void aNumberThatDoesNotFit() throws Exception {
    String message =
        Cross.failure(
            Cross.request(OutputKind.EXECUTABLE).set(LinkOption.ENTRY, "0"),
            object(uleb("0", 300)));
    assertTrue(message.contains("R_RISCV_SUB_ULEB128 out of range: 300"), message);
  }

  private static final String DESCRIPTOR =
      """
      f:
      1:
        auipc a1, 0
        .option norvc
        ld a2, 0(a1)
        addi a0, a1, 0
        jalr t0, a2
        .reloc f, R_RISCV_ADD8, x
        .reloc f + 4, R_RISCV_ADD16, f
        .reloc f + 8, R_RISCV_ADD32, f
        .reloc f + 12, R_RISCV_ADD64, f
        .section .tdata, "awT"
        .word 1
        .globl x
      x:
        .word 7
      """;

  /** nop, nop, lui a0, 0, addi a0, a0, 4. */
  @Test
  void aDescriptorInAnExecutable() throws Exception {
    var request = Cross.request(OutputKind.EXECUTABLE).set(LinkOption.ENTRY, "0");
    Output out = new Output(Cross.link(request, object(DESCRIPTOR)).bytes());
    String text = HexFormat.of().formatHex(out.content(".text"));
    assertEquals("13000000" + "13000000" + "37050000" + "13054500", text);
  }

  @Test
  void aDescriptorInALibrary() throws Exception {
    Output out =
        new Output(Cross.link(Cross.request(OutputKind.SHARED), object(DESCRIPTOR)).bytes());
    ByteBuffer relocs = ByteBuffer.wrap(out.content(".rela.dyn")).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(Riscv64Reloc.R_RISCV_TLSDESC, relocs.getInt(8));
    ByteBuffer text = ByteBuffer.wrap(out.content(".text")).order(ByteOrder.LITTLE_ENDIAN);
    long slot = relocs.getLong(0) - out.address(".text");
    assertEquals(Riscv64Insn.u(0x597, slot), text.getInt(0));
    assertEquals(Riscv64Insn.i(0x5b603, slot), text.getInt(4));
    assertEquals(Riscv64Insn.i(0x58513, slot), text.getInt(8));
    assertEquals(0x000602e7, text.getInt(12));
  }
}
