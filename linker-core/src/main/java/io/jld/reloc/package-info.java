/**
 * Relocations: what they ask for, how they are read, and the contents that they are applied to
 * while those are written.
 */
package io.jld.reloc;
