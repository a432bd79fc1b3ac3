/**
 * The output and those who write it: the buffer, the writers of blocks, and the link as an
 * architecture sees it. Nothing here knows where symbols come from.
 *
 * <p>An {@link io.jld.asmb.OutBuf} is the output with a position. It has a size before anything is
 * written; from then on views of it share the bytes, each with a position of its own, so that any
 * number of threads may write at once. Whether the bytes are in memory, mapped, or on their way to
 * a file is the OutBuf's matter. A file gets its name when all is done, and before that the path
 * has what it had.
 *
 * {@snippet class="io.jld.asmb.AsmbSnippetsTest" region="output"}
 *
 * <p>Every byte has one writer, and is written once. A {@link io.jld.asmb.WriteFn} writes an
 * address range; {@link io.jld.asmb.WriteParallel} schedules such functions over views, or runs
 * them one after the other where there can be no view. {@link io.jld.asmb.Blocks} are the functions
 * for code, data and debug information: they cut a range into blocks of at least 1 MiB where
 * symbols end, copy each symbol's content to its place, and have the architecture relocate it
 * there, in a {@link io.jld.asmb.Slice}, while it is in the processor's cache. Gaps are filled by
 * the block that they lie in.
 *
 * {@snippet class="io.jld.asmb.AsmbSnippetsTest" region="parallel"}
 *
 * <p>A {@link io.jld.asmb.Link} is one link: options, symbols, segments with their sections,
 * threads ({@link io.jld.asmb.Tasks}), messages. There is no other state.
 *
 * @since 0.1
 */
package io.jld.asmb;
