/**
 * Where everything goes: the sections of the output, their order, addresses and places in the file,
 * program headers, values of symbols.
 */
package io.jld.layout;
