package io.jld.relocatable;

import io.jld.frame.FrameEdit;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.pass.RelocatablePasses;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A relocatable output ({@code -r}, ET_REL): what the passes of {@link RelocatablePasses} know of
 * it beyond what every link has.
 */
public final class Relocatable {
  /** A relocation refers to the symbol, or a group has it for its signature. */
  public static final int USED = 1;

  /** An object refers to the symbol, and not weakly. */
  static final int STRONG = 2;

  /** An object refers to the symbol weakly. */
  static final int WEAK = 4;

  /** A reference says that it is thread-local: an undefined symbol keeps that. */
  static final int TLS = 8;

  private static final VarHandle BITS = MethodHandles.arrayElementVarHandle(byte[].class);

  /** A section of the output with what its header says of other sections. */
  public static final class Part {
    final OutputSection out;

    /** The relocations of this section; null where it has none. */
    Part relocations;

    /** Of a section of relocations: what they relocate; else null. */
    Part relocated;

    /** What {@code sh_link} refers to; null where that is nothing or the symbol table. */
    Part linked;

    /** Whether {@code sh_link} refers to the symbol table. */
    boolean linksSymbols;

    /** Of a group: its members in the output; relocations follow what they relocate. */
    final List<Part> members = new ArrayList<>();

    /** {@code sh_addr}: 0 unless a script says something else. */
    long address;

    /** Index of the section's symbol in the output. */
    public int symbol;

    Part(OutputSection out) {
      this.out = out;
    }
  }

  public static Relocatable of(Context ctxt) {
    return ctxt.get(Relocatable.class);
  }

  /** By {@link OutputSection#number}. */
  public final List<Part> parts = new ArrayList<>();

  public final RelocatableSymTab symTab;

  /** For each object, whether a relocation in it refers to what is not part of the output. */
  public boolean[] dangling = {};

  /** By the number of an {@code .eh_frame} section, what is cut out of it. */
  public final Map<Integer, FrameEdit> frames = new ConcurrentHashMap<>();

  /** Whether a section asks for {@code ELFOSABI_GNU}. */
  boolean gnuSections;

  /** For each symbol of the link the bits above. */
  private final byte[] bits;

  Relocatable(Context ctxt) {
    bits = new byte[ctxt.symbols().count()];
    symTab = new RelocatableSymTab(ctxt, this);
  }

  Part part(OutputSection s) {
    return parts.get(s.number());
  }

  /** Sets bits of a symbol; from any thread. */
  public void flag(int symbol, int bit) {
    if ((bits[symbol] & bit) != bit) {
      BITS.getAndBitwiseOr(bits, symbol, (byte) bit);
    }
  }

  boolean has(int symbol, int bit) {
    return (bits[symbol] & bit) != 0;
  }
}
