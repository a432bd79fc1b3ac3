package io.jld.builtin;

/**
 * What a built-in layout depends on of an architecture.
 *
 * @param wordSize of an address in bytes
 * @param relPrefix {@code .rela} or {@code .rel}
 * @param imageBase where a program that does not move begins
 * @param maxPageSize in bytes
 * @param smallData whether it has sections of small data
 */
public record Machine(
    int wordSize, String relPrefix, long imageBase, long maxPageSize, boolean smallData) {
  boolean is64() {
    return wordSize == 8;
  }
}
