/**
 * What the dynamic loader reads: the dynamic section, its symbols, names, hash tables, versions and
 * relocations (gABI, "Dynamic Linking").
 */
package io.jld.dynamic;
