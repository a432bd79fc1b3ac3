/**
 * The tables with millions of rows, kept in columns: interned names, symbols with the rules of
 * resolution, input sections.
 */
package io.jld.symbol;
