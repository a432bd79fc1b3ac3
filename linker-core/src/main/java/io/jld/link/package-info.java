/**
 * The API: linking, in the process of who asks for it.
 *
 * <p>A {@link io.jld.link.LinkRequest} says all that a link depends on: inputs in the order of a
 * command line, options, where the output goes, the architectures to choose from, threads. {@link
 * io.jld.link.Linker#link} links it, and returns when all is done. Nothing else has an influence:
 * no working directory, no environment, no state of the process; so any number of links may run at
 * once, and the same request gives the same bytes on any number of threads.
 *
 * {@snippet class="io.jld.link.LinkSnippetsTest" region="link"}
 *
 * <p>What a user or a file can cause is a {@link io.jld.link.Diagnostic} with a {@link
 * io.jld.link.DiagnosticCode}, which stays the same from version to version, and as much of a
 * {@link io.jld.link.Location} as is known. A link that fails throws a {@link
 * io.jld.link.LinkException} with all of them, and leaves what stood at the output's path; one that
 * succeeds has its warnings in its {@link io.jld.link.LinkResult}. No other exception comes out,
 * but what the caller's own code has thrown.
 *
 * {@snippet class="io.jld.link.LinkSnippetsTest" region="diagnostics"}
 *
 * <p>Neither inputs nor the output need be files. An {@link io.jld.link.InputSource} may be a
 * {@link java.lang.foreign.MemorySegment}, which is read where it is, or something that gives one
 * when it is asked; an {@link io.jld.link.OutputSink} may be memory of the link's own, or of the
 * caller's arena, which owns it then. The memory of an input has to stay, unchanged, until the link
 * has ended.
 *
 * {@snippet class="io.jld.link.LinkSnippetsTest" region="memory"}
 *
 * <p>A link ends before its time by a {@link io.jld.link.Cancellation}, or by an interrupt of the
 * thread that links. It may take as long as writing a block of some MiB does; then nothing of the
 * link is running any more, and no file or mapping is left.
 *
 * {@snippet class="io.jld.link.LinkSnippetsTest" region="cancel"}
 *
 * <p>What was linked, and why, is told to who asks: the map as text or as data ({@link
 * io.jld.link.MapSink}), and after the link the {@link io.jld.link.Image}, sections and symbols
 * with their origins.
 *
 * {@snippet class="io.jld.link.LinkSnippetsTest" region="image"}
 *
 * <p>A {@link io.jld.link.Linker.Session} keeps parsed files for the links to come. The command
 * line is built on this package, and has no other way in.
 *
 * @since 0.1
 */
package io.jld.link;
