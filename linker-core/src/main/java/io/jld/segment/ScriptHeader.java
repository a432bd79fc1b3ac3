package io.jld.segment;

import io.jld.plan.Place;

/**
 * A program header of a script's {@code PHDRS}, evaluated.
 *
 * @param place where the script has it
 * @param type a {@code PT_*}
 * @param fileHeader {@code FILEHDR}: the segment starts with the ELF header
 * @param programHeaders {@code PHDRS}: the segment holds the program headers
 * @param at {@code AT(address)}: {@code p_paddr}; null where nothing is said
 * @param flags {@code FLAGS(value)}: {@code p_flags}; null for those of the sections
 */
public record ScriptHeader(
    Place place,
    String name,
    int type,
    boolean fileHeader,
    boolean programHeaders,
    Long at,
    Integer flags) {
  boolean hasHeaders() {
    return fileHeader || programHeaders;
  }
}
