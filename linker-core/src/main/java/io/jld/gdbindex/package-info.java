/**
 * The index that lets a debugger read only the debug information that it needs ({@code
 * --gdb-index}): which units there are, which addresses belong to each, and which of them know a
 * name.
 */
package io.jld.gdbindex;
