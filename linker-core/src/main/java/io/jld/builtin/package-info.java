/**
 * The layouts that are built in, as plans: what GNU ld has in its built-in scripts. {@link
 * io.jld.builtin.DefaultPlan} is that of programs and shared libraries, {@link
 * io.jld.builtin.RelocatablePlan} that of {@code -r}.
 */
package io.jld.builtin;
