/**
 * The SPI: what an architecture supplies, and what it is given to work with beside {@link
 * io.jld.asmb}.
 *
 * @since 0.1
 */
package io.jld.arch;
