package io.jld.amd64;

import static io.jld.amd64.Amd64Reloc.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.arch.Arch;
import io.jld.arch.Reference;
import io.jld.asmb.Slice;
import org.junit.jupiter.api.Test;

/** What {@code --icf} asks of relocations. */
class Amd64ReferenceTest {
  private static final Arch AMD64 = new Amd64();

  @Test
  void types() {
    for (int type : new int[] {R_X86_64_PLT32, R_X86_64_PLTOFF64}) {
      assertEquals(Reference.CALL, AMD64.reference(type));
    }
    assertEquals(Reference.DISPLACEMENT, AMD64.reference(R_X86_64_PC32));
    for (int type : new int[] {R_X86_64_64, R_X86_64_32, R_X86_64_32S, R_X86_64_PC64}) {
      assertEquals(Reference.ADDRESS, AMD64.reference(type));
    }
    for (int type :
        new int[] {R_X86_64_GOTPCREL, R_X86_64_REX_GOTPCRELX, R_X86_64_TLSGD, R_X86_64_SIZE64}) {
      assertEquals(Reference.OTHER, AMD64.reference(type));
    }
  }

  @Test
  void branches() {
    byte[] code = {
      (byte) 0xe8,
      0,
      0,
      0,
      0, // call
      (byte) 0xe9,
      0,
      0,
      0,
      0, // jmp
      0x0f,
      (byte) 0x85,
      0,
      0,
      0,
      0, // jne
      0x48,
      (byte) 0x8d,
      0x05,
      0,
      0,
      0,
      0 // lea
    };
    Slice s = Slice.of(code);
    assertEquals(true, AMD64.isBranch(s, 1));
    assertEquals(true, AMD64.isBranch(s, 6));
    assertEquals(true, AMD64.isBranch(s, 12));
    assertEquals(false, AMD64.isBranch(s, 19));
    assertEquals(false, AMD64.isBranch(s, 0));
    assertEquals(false, AMD64.isBranch(Slice.of(new byte[] {(byte) 0x85, 0, 0, 0, 0}), 1));
  }
}
