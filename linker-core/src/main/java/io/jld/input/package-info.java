/**
 * Input files, read in place: objects, archives, compressed sections, and the search for libraries.
 * Here every offset, count and size that a file states is checked, so that what follows may rely on
 * it.
 *
 * <p>It is one package because its files are forms of one thing, and use what the others keep to
 * themselves: a table, a name, an offset in a file that has been checked once.
 */
package io.jld.input;
