package io.jld.arch;

import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import java.util.function.IntPredicate;

/**
 * The relocations of one input section, one at a time: {@code while (r.next()) switch (r.type())}.
 * A relocation is never an object; this reads it from the mapped input. Not safe for use by several
 * threads; each task has its own.
 *
 * <p>Whatever the file says has been checked when {@link #next} returns, except for the field's
 * width: {@link #check} does that.
 *
 * @since 0.1
 */
public abstract class Relocs {
  /** Moves to the next relocation; false after the last. */
  public abstract boolean next();

  /**
   * The type of the relocation after this one, or -1: for the sequences that TLS relaxation
   * rewrites as a whole.
   */
  public abstract int peekType();

  /** The symbol of the relocation after this one, or 0. */
  public abstract int peekSymbol();

  /**
   * The {@linkplain #inputOffset offset} of the relocation after this one, or -1; not checked yet.
   */
  public long peekOffset() {
    return -1;
  }

  /** Its offset in the section in bytes; never negative and below the section's size. */
  public abstract long offset();

  /**
   * Its offset in the section as it was read, from which bytes may have been taken ({@link
   * Relaxer}): what {@link #offset} is, too, except while the relocations of such a section are
   * applied.
   */
  public long inputOffset() {
    return offset();
  }

  /**
   * What the architecture has made of the relocation ({@link Relaxation}); 0 where it has said
   * nothing of it. Only while relocations are applied.
   */
  public int form() {
    return 0;
  }

  /**
   * Where the symbol of the current relocation stands in this section as it was read; -1 where it
   * is not defined in this section of this object.
   */
  public long labelOffset() {
    return -1;
  }

  /**
   * Another relocation of the section: for pairs of which the second names the place of the first.
   *
   * @param inputOffset its offset in the section as it was read
   * @param type which types are meant
   * @return a cursor that stands at the first such relocation, until this is called again; null
   *     where there is none
   */
  public Relocs at(long inputOffset, IntPredicate type) {
    return null;
  }

  /** {@code R_*} number of the architecture. */
  public abstract int type();

  /** The symbol's number for {@link Symbols}. */
  public abstract int symbol();

  /**
   * {@code st_other} of the symbol as the object has it that refers to it: the visibility in its
   * lowest two bits, above them what the psABI says of functions.
   */
  public int symbolOther() {
    return 0;
  }

  /**
   * The addend (A), from the relocation or from the content. Against a merged section it is already
   * that of the merged content, so that S + A is right.
   */
  public abstract long addend();

  /** The address of the field in the output (P). Only while relocations are applied. */
  public abstract long place();

  /**
   * Where the branch at {@link #place} goes (L + A): to the {@linkplain Symbols#callTarget call's
   * target}, or to a {@linkplain Thunks thunk} that leads there. Only while relocations are
   * applied.
   */
  public long branchTarget(Link ctxt) {
    return ctxt.symbols().callTarget(symbol()) + addend();
  }

  /**
   * The content of the section as it was read (decompressed), for looking at the instruction around
   * a field.
   */
  public abstract Slice content();

  /** {@code e_flags} of the object that the section is in. */
  public int objectFlags() {
    return 0;
  }

  /** Size of the section in bytes. */
  public abstract long sectionSize();

  /** Whether the section is writable when the program runs. */
  public abstract boolean isWritable();

  /** Whether the section has {@code SHF_ALLOC}. */
  public abstract boolean isAlloc();

  /**
   * Whether what the current relocation refers to is no part of the output, as far as debug
   * information goes: it was discarded, or another section that does the same stands for it ({@code
   * --icf}), which has debug information of its own. Line numbers speak of both.
   */
  public abstract boolean isGone();

  /**
   * What a debug section gets where a target was discarded: 0 mostly, 1 in {@code .debug_ranges}
   * and {@code .debug_loc}, where a pair of zeros ends the list.
   */
  public abstract long tombstone();

  /**
   * Reports a field that does not lie inside its section, and returns false.
   *
   * @param width the field's width in bytes, counted from {@link #offset}
   */
  public final boolean check(int width) {
    if (offset() > sectionSize() - width) {
      error(DiagnosticCode.MALFORMED_RELOCATION, "relocation lies outside of its section");
      return false;
    }
    return true;
  }

  /**
   * As {@link #check(int)}, and for instructions whose bytes before the field are looked at or
   * rewritten.
   *
   * @param before bytes before {@link #offset} that must lie inside the section
   */
  public final boolean check(int before, int width) {
    if (offset() < before) {
      error(DiagnosticCode.MALFORMED_RELOCATION, "relocation lies outside of its section");
      return false;
    }
    return check(width);
  }

  /** Scan only: the word at {@link #offset} becomes base + S + A at load time. */
  public abstract void addRelative(int sym, long addend);

  /**
   * Scan only: the word at {@link #offset} becomes the address that the IFUNC's resolver returns.
   */
  public abstract void addIrelative(int sym);

  /**
   * Scan only: a dynamic relocation of the given type that names {@code sym}; {@link Need#DYNSYM}
   * is implied.
   */
  public abstract void addDynamic(int type, int sym, long addend);

  /** FILE(MEMBER):(SECTION+0xOFF). */
  public abstract Location location();

  /** Reports an error at this relocation. */
  public abstract void error(DiagnosticCode code, String message);

  /**
   * Reports a value that does not fit its field.
   *
   * @param min smallest value that would fit
   * @param max largest value that would fit
   */
  public abstract void outOfRange(long value, long min, long max);
}
