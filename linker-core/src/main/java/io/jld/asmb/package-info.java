/**
 * The output and those who write it: the buffer, the writers of blocks, and the link as an
 * architecture sees it. Nothing here knows where symbols come from.
 *
 * @since 0.1
 */
package io.jld.asmb;
