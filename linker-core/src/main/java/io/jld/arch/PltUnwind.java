package io.jld.arch;

/**
 * How a debugger or an exception gets out of the PLT: what {@code .eh_frame} says of it (DWARF,
 * "Call Frame Information"). Instructions are bytes as they stand in the records; the code
 * alignment factor is 1.
 *
 * @param dataAlign the data alignment factor, from -64 to 63
 * @param returnColumn DWARF's number of the return address, from 0 to 127
 * @param initial instructions that hold where a function is entered, and in every entry that only
 *     jumps
 * @param lazy instructions for {@code .plt}'s header and the lazily bound entries after it
 * @since 0.1
 */
public record PltUnwind(int dataAlign, int returnColumn, byte[] initial, byte[] lazy) {}
