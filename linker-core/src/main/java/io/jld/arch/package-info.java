/**
 * The SPI: what an architecture supplies, and what it is given to work with beside {@link
 * io.jld.asmb}.
 */
package io.jld.arch;
