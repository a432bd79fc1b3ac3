package io.jld.arch;

/**
 * What the psABI has at the start of the global offset table.
 *
 * @param header words at the start of {@code .got}, the first of which holds the address of {@code
 *     .dynamic}; 0: there are none
 * @param pltHeader words at the start of {@code .got.plt}, before the slots of the PLT
 * @param baseInPlt whether {@code _GLOBAL_OFFSET_TABLE_} names {@code .got.plt}, whose first word
 *     then holds the address of {@code .dynamic}; otherwise it names {@code .got}
 * @since 0.1
 */
public record GotLayout(int header, int pltHeader, boolean baseInPlt) {
  /** As on amd64 and x86: three words in {@code .got.plt}. */
  public static final GotLayout IN_PLT = new GotLayout(0, 3, true);
}
