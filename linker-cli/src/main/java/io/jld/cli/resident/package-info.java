/**
 * What a JVM that stays makes links for others with, whoever asks for them: a client that waits at
 * a FIFO ({@code io.jld.cli.server}), or a build system at a pipe ({@code io.jld.cli.worker}).
 *
 * <p>{@link io.jld.cli.resident.Links} is what its links have in common: threads, processors, what
 * they keep of files. {@link io.jld.cli.resident.Turn} is one link's turn: it goes to the directory
 * that the link is asked for in, waits for its place, and tries again where others had taken the
 * memory.
 */
package io.jld.cli.resident;
