/**
 * What is written for a linker by hand: linker scripts, version scripts, dynamic lists, and the
 * expressions of scripts and of {@code --defsym}. Everything here reads a text and gives a value;
 * nothing opens a file.
 */
package io.jld.script;
