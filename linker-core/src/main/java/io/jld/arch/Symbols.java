package io.jld.arch;

/**
 * The symbols of a link as an architecture sees them. A symbol is a number; {@link Relocs#symbol}
 * gives it. Number 0 is the null symbol, whose value is 0. Values and addresses are those of the
 * output and known when {@link Arch#apply} runs.
 *
 * @since 0.1
 */
public interface Symbols {
  /** The name as it stands in the file, for messages. */
  String name(int sym);

  /** The number of a global symbol; 0 where no input, nor the linker itself, speaks of it. */
  default int find(String name) {
    return 0;
  }

  /**
   * Whether references are bound by the loader: the symbol is defined by a shared library, or is
   * exported by this one and may be preempted there (gABI, "Symbol Visibility"). A copy relocation
   * or a canonical PLT entry does not change it: the answer is the same while relocations are
   * scanned and while they are applied.
   */
  boolean isPreemptible(int sym);

  /** Whether this output defines it, though another module may preempt it. */
  default boolean isDefinedHere(int sym) {
    return !isPreemptible(sym);
  }

  /** {@code STT_GNU_IFUNC} defined in this output: its value is the address of its resolver. */
  boolean isIfunc(int sym);

  /** {@code STT_TLS}; or undefined and left to the loader, which will find out whether it is. */
  boolean isTls(int sym);

  /** {@code STT_FUNC} or {@code STT_GNU_IFUNC}. */
  boolean isFunction(int sym);

  /**
   * Its value does not move with the output: {@code SHN_ABS}, or a weak reference that nothing
   * defines.
   */
  boolean isAbsolute(int sym);

  /** A weak reference that nothing defines and that no loader will: its value is 0. */
  boolean isUndefinedWeak(int sym);

  /** Defined, but in a section that is not part of the output (COMDAT, {@code --gc-sections}). */
  boolean isDiscarded(int sym);

  /**
   * Whether it may end up too far from what refers to it for an offset of 32 bits: its section says
   * so ({@code SHF_X86_64_LARGE}), or the output has more than 2 GiB.
   */
  default boolean isFar(int sym) {
    return false;
  }

  /**
   * Adds bits to the symbol's {@code st_other} in the output's symbol tables; from any thread,
   * while relocations are scanned. The visibility is not among them.
   */
  default void addOther(int sym, int bits) {}

  /** Asks for what {@code needs} says, bits of {@link Need}; may be called from any thread. */
  void need(int sym, int needs);

  /**
   * The symbol's value (S): its address, for {@code STT_TLS} too (not the offset); a canonical PLT
   * entry's address where it has one.
   */
  long value(int sym);

  /** Where a call goes (L): the PLT entry where the symbol has one, else its value. */
  long callTarget(int sym);

  /** {@code st_size} of its definition in bytes. */
  long size(int sym);

  /**
   * Address of the GOT slot with the symbol's address. Only where {@link Need#GOT} was asked for;
   * likewise below.
   */
  long gotSlot(int sym);

  /** Address of the GOT slot with the symbol's offset from the thread pointer. */
  long tpOffSlot(int sym);

  /** Address of the two GOT slots with the symbol's module and offset. */
  long tlsGdSlot(int sym);

  /** Address of the two GOT slots of the symbol's TLS descriptor. */
  long tlsDescSlot(int sym);
}
