/**
 * The placer walks through the statements of a script's layout and gives addresses, in regions of
 * memory and outside of them.
 */
package io.jld.place;
