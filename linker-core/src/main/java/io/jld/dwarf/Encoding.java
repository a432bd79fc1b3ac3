package io.jld.dwarf;

/**
 * What the header of a unit says of the values in it (DWARF 5, section 7.5.1).
 *
 * @param version of DWARF, 2 to 5
 * @param addressSize in bytes
 * @param dwarf64 whether offsets have 8 bytes
 */
public record Encoding(int version, int addressSize, boolean dwarf64) {
  int offsetSize() {
    return dwarf64 ? 8 : 4;
  }
}
