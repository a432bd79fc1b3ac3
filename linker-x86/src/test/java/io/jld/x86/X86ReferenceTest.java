package io.jld.x86;

import static io.jld.x86.X86Reloc.*;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.arch.Arch;
import io.jld.arch.Reference;
import io.jld.asmb.Slice;
import org.junit.jupiter.api.Test;

/** What {@code --icf} asks of relocations. */
class X86ReferenceTest {
  private static final Arch X86 = new X86();

  @Test
  void types() {
    assertEquals(Reference.CALL, X86.reference(R_386_PLT32));
    assertEquals(Reference.DISPLACEMENT, X86.reference(R_386_PC32));
    for (int type : new int[] {R_386_32, R_386_16, R_386_GOTOFF}) {
      assertEquals(Reference.ADDRESS, X86.reference(type));
    }
    for (int type : new int[] {R_386_GOT32, R_386_GOT32X, R_386_TLS_GD, R_386_SIZE32}) {
      assertEquals(Reference.OTHER, X86.reference(type));
    }
  }

  /** Calls outside of position-independent code have the type of other displacements. */
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
      (byte) 0x8d,
      (byte) 0x83,
      0,
      0,
      0,
      0 // lea 0(%ebx), %eax
    };
    Slice s = Slice.of(code);
    assertEquals(true, X86.isBranch(s, 1));
    assertEquals(true, X86.isBranch(s, 6));
    assertEquals(true, X86.isBranch(s, 12));
    assertEquals(false, X86.isBranch(s, 18));
    assertEquals(false, X86.isBranch(s, 0));
  }
}
