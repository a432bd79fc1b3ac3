/**
 * What a JVM that stays makes links for others with, whoever asks for them: a {@link
 * io.jld.cli.server client} that waits at a FIFO, or a {@link io.jld.cli.worker build system} at a
 * pipe.
 *
 * <p>{@link io.jld.cli.resident.Links} is what its links have in common: threads, processors, what
 * they keep of files. {@link io.jld.cli.resident.Turn} is one link's turn: it goes to the directory
 * that the link is asked for in, waits for its place, and tries again where others had taken the
 * memory.
 */
package io.jld.cli.resident;
