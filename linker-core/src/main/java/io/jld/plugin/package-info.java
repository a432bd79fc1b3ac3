/**
 * Compilers' plug-ins, which read intermediate code and compile it when it is known what is linked.
 * The interface is that of binutils' {@code plugin-api.h}, which GNU ld and gold have; it is called
 * through {@code java.lang.foreign}.
 *
 * <p>{@link io.jld.plugin.Plugins} is all that others see of it. Nothing here is loaded by a link
 * in which no input holds intermediate code, whether its options name a plug-in or not.
 */
package io.jld.plugin;
