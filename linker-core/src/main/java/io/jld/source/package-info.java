/**
 * What a person knows the code by: the source's lines, from DWARF, and C++ names as they were
 * written.
 */
package io.jld.source;
