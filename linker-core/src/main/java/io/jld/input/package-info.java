/**
 * Input files, read in place: objects, archives, compressed sections, and the search for libraries.
 * Here every offset, count and size that a file states is checked, so that what follows may rely on
 * it.
 */
package io.jld.input;
