/**
 * The table of contents: {@link io.jld.pass.Passes} says what a link does and in which order,
 * {@link io.jld.pass.RelocatablePasses} the same for {@code -r}. What a pass does stands in the
 * package of its stage.
 */
package io.jld.pass;
