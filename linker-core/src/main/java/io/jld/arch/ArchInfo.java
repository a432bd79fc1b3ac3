package io.jld.arch;

import java.util.List;

/**
 * What an architecture is, as data.
 *
 * @param name its name for {@code --arch}, for example {@code amd64}
 * @param aliases other names for it
 * @param emulations GNU ld's names for it ({@code -m}), the first is the one that {@code -V} lists
 * @param outputFormats BFD's names, as in a script's {@code OUTPUT_FORMAT}
 * @param machine {@code e_machine} of its objects (gABI, "ELF Header")
 * @param is64 ELFCLASS64 or ELFCLASS32; the word size follows from it
 * @param rela whether its relocations carry their addends ({@code SHT_RELA}) or the content does
 *     ({@code SHT_REL})
 * @param maxPageSize alignment of the segments in bytes; a power of two
 * @param commonPageSize page size that RELRO is padded to in bytes; a power of two
 * @param imageBase address of an {@code ET_EXEC} output's first byte
 * @param interpreter the program interpreter of dynamic executables (psABI)
 * @param codePad fills gaps between code that is never run into; repeated from the gap's start
 * @param nopPad fills gaps in sections that are run through from start to end ({@code .init},
 *     {@code .fini})
 * @param relocations the dynamic relocations' numbers
 * @param plt sizes of the procedure linkage table; {@link Arch#pltSizes} says those of one link
 * @since 0.1
 */
public record ArchInfo(
    String name,
    List<String> aliases,
    List<String> emulations,
    List<String> outputFormats,
    int machine,
    boolean is64,
    boolean rela,
    long maxPageSize,
    long commonPageSize,
    long imageBase,
    String interpreter,
    byte[] codePad,
    byte[] nopPad,
    DynamicTypes relocations,
    PltSizes plt) {

  /** Bytes of an address: 8 or 4. */
  public int wordSize() {
    return is64 ? 8 : 4;
  }

  /** Bytes of one dynamic relocation: {@code Elf64_Rela} 24, {@code Elf32_Rel} 8. */
  public int relSize() {
    return (rela ? 3 : 2) * wordSize();
  }

  /** {@code .rela} or {@code .rel}: how relocation sections' names begin. */
  public String relPrefix() {
    return rela ? ".rela" : ".rel";
  }

  /**
   * The numbers of the relocations that the loader applies, by what it does; each formula is what
   * the loader stores.
   *
   * @param symbolic word: S + A
   * @param relative word: B + A
   * @param irelative word: the result of calling B + A
   * @param globDat GOT slot: S
   * @param jumpSlot PLT's GOT slot: S
   * @param copy content of the symbol
   * @param dtpMod TLS module of the symbol
   * @param dtpOff offset of the symbol in its module's TLS block
   * @param tpOff offset of the symbol from the thread pointer
   * @param tlsDesc TLS descriptor
   */
  public record DynamicTypes(
      int symbolic,
      int relative,
      int irelative,
      int globDat,
      int jumpSlot,
      int copy,
      int dtpMod,
      int dtpOff,
      int tpOff,
      int tlsDesc) {}

  /**
   * Sizes in bytes.
   *
   * @param header of {@code .plt}'s first entry, which calls the loader's resolver
   * @param entry of each lazily bound entry of {@code .plt}
   * @param direct of an entry of {@code .plt.got}, {@code .plt.sec} and of an IFUNC's entry: jumps
   *     through its GOT slot
   * @param second whether the lazily bound entries are in two parts: calls go to a direct entry in
   *     {@code .plt.sec}, and an entry of {@code .plt} only has the code that the unbound slot
   *     leads to
   */
  public record PltSizes(int header, int entry, int direct, boolean second) {
    /** Of a table in one part. */
    public PltSizes(int header, int entry, int direct) {
      this(header, entry, direct, false);
    }
  }
}
