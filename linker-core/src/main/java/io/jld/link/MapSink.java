package io.jld.link;

/**
 * Takes the link map as data ({@link LinkOption#MAP_SINKS}): what the output consists of, where
 * each part comes from, what refers to what, and what was left out and why.
 *
 * <p>Calls come one at a time, once the output is complete, in the order in which the methods stand
 * here; nothing is kept for a later one, so that a map of any size takes little memory. What throws
 * {@link java.io.UncheckedIOException} ends the link.
 *
 * <p>Numbers hold within one map. Inputs are numbered from 0 in the order of the link, objects
 * first; sections of the output by their section headers, from 1; input sections and symbols from
 * 1, with gaps. Where something has none, a number of an input is -1 and any other 0. Sizes are
 * bytes, and unsigned like addresses. {@code SHT_*} and its like are the numbers of the gABI.
 *
 * @since 0.1
 */
public interface MapSink {
  /**
   * The output.
   *
   * @param file its name
   * @param arch the architecture's name
   * @param is64 whether addresses have 64 bits
   * @param size of the file
   */
  record Output(String file, OutputKind kind, String arch, boolean is64, long size) {}

  /**
   * A file that is linked.
   *
   * @param file its path, or that of its archive, as it was given
   * @param member its name in the archive; null for a file of its own
   * @param soname what a shared library is called in {@code DT_NEEDED}; null for an object
   * @param needed whether the output names the library; true for an object
   * @param symbol the symbol for which the archive member was linked; null where all members were
   *     asked for, and for a file of its own
   * @param by the input that refers to it; -1 where an option or script does
   */
  record Input(
      int number,
      String file,
      String member,
      String soname,
      boolean needed,
      String symbol,
      int by) {}

  /**
   * A section of the output, in the order of the headers.
   *
   * @param type {@code SHT_*}
   * @param flags {@code SHF_*}
   * @param offset in the file
   * @param size in memory; {@code SHT_NOBITS} takes nothing of the file
   */
  record Section(
      int number,
      String name,
      int type,
      long flags,
      long address,
      long offset,
      long size,
      long align) {}

  /** What a part of an output section is. */
  enum Kind {
    /** An input section as it is. */
    SECTION,
    /**
     * What an input section has added to strings, constants or unwind records that are written
     * once, or its share of debug information that is compressed. It may lie in several places: the
     * address is that of all, but for unwind records.
     */
    MERGED,
    /** Common symbols of one input. */
    COMMON,
    /** Made by the linker: GOT, PLT, tables, data of a script. */
    MADE,
    /** Between parts. */
    FILL
  }

  /**
   * A part of an output section. Those of one section come one after the other, and their sizes add
   * up to its size.
   *
   * @param section number of the output section
   * @param id number of the input section
   * @param name of the input section, or of what the linker makes; empty for a gap
   */
  record Content(Kind kind, int section, int id, int input, String name, long address, long size) {}

  /** Where a symbol's value comes from. */
  enum Definition {
    /** A section of an object. */
    SECTION,
    /** A common symbol of an object. */
    COMMON,
    /** A number in an object. */
    ABSOLUTE,
    /** A shared library. */
    SHARED,
    /** The linker, a script or an option. */
    LINKER,
    /** Nothing: left to the loader, to a later link, or 0. */
    UNDEFINED
  }

  /**
   * A symbol that an object defines or refers to; no section or file symbol, and none whose section
   * is left out.
   *
   * @param name as it stands in the file
   * @param section number of the input section that defines it
   * @param address 0 where only the loader knows it
   * @param type {@code STT_*}
   * @param binding {@code STB_*}
   * @param visibility {@code STV_*}
   */
  record Symbol(
      int id,
      String name,
      Definition definition,
      int input,
      int section,
      long address,
      long size,
      int type,
      int binding,
      int visibility) {}

  /** Why an input section is not part of the output. */
  enum Reason {
    /** Its group is linked from another input (COMDAT). */
    COMDAT,
    /** Nothing reaches it ({@code --gc-sections}). */
    GARBAGE,
    /** Another section does the same ({@code --icf}). */
    FOLDED,
    /** A script throws it away ({@code /DISCARD/}). */
    SCRIPT,
    /** Nothing is in it, nor in its section of the output. */
    EMPTY,
    /**
     * A note to the linker, {@code SHF_EXCLUDE}, debug information that is stripped, and what goes
     * with a section that is left out.
     */
    EXCLUDED
  }

  /**
   * An input section that is not part of the output.
   *
   * @param kept number of the section that stands for it, where one does
   * @param group the signature of its group; null for other reasons than that
   */
  record Dropped(
      int id, int input, String name, long size, Reason reason, int kept, String group) {}

  /**
   * What a section that is loaded refers to, its unwind records included; each once, in the order
   * of their numbers.
   *
   * @param from number of the input section
   * @param symbols numbers of symbols
   * @param sections numbers of input sections, which are referred to by their section symbols
   */
  record References(int from, int[] symbols, int[] sections) {}

  default void output(Output output) {}

  default void input(Input input) {}

  default void section(Section section) {}

  default void content(Content content) {}

  default void symbol(Symbol symbol) {}

  default void dropped(Dropped dropped) {}

  /** Whether {@link #references} is called, which takes the most time. */
  default boolean wantsReferences() {
    return true;
  }

  default void references(References references) {}

  /** All has been told. */
  default void end() {}
}
