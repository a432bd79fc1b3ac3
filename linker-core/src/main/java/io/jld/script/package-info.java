/**
 * What is written for a linker by hand: linker scripts that stand for inputs, version scripts,
 * dynamic lists, globs and the expressions of {@code --defsym}. Everything here reads a text and
 * gives a value; nothing opens a file.
 */
package io.jld.script;
