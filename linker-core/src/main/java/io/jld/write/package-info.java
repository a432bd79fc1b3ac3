/**
 * What is written behind the contents: the symbol table, headers, section headers; and the list of
 * contents itself, in the order of addresses.
 */
package io.jld.write;
