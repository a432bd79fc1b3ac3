/**
 * Relocations: what they ask for, how they are read while contents are written, and those that the
 * output keeps.
 */
package io.jld.reloc;
