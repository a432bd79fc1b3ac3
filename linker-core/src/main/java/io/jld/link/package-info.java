/**
 * The API: a {@link io.jld.link.LinkRequest} says what to link, {@link io.jld.link.Linker} links
 * it, and what is wrong with it comes back as {@link io.jld.link.Diagnostic}s. The command line is
 * built on it.
 *
 * @since 0.1
 */
package io.jld.link;
