/**
 * DWARF as an object holds it, before a link has applied its relocations: an address is a section
 * and an offset in it, and an offset into another section is what the relocation says. Sections and
 * tables are those of DWARF 5 and, where they differ, of DWARF 2 to 4 and their GNU extensions.
 */
package io.jld.dwarf;
