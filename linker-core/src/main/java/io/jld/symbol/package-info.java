/**
 * What a link knows of its files by number: each file's part in the link, and the tables with
 * millions of rows, kept in columns: interned names, symbols with the rules of resolution, input
 * sections.
 */
package io.jld.symbol;
