/**
 * What a link does, one pass a file; {@link io.jld.pass.Passes} is the table of contents, and
 * {@link io.jld.pass.Context} holds what one pass leaves for the next.
 */
package io.jld.pass;
