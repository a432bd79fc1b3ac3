/**
 * The segments of the output: program headers of the built-in layouts, and for a script's layout
 * the map from sections to segments and the places in the file that follow from it.
 */
package io.jld.segment;
