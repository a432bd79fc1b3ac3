/**
 * What is written beside the contents: the symbol table, headers, section headers; and debug
 * sections, once they are compressed.
 */
package io.jld.write;
