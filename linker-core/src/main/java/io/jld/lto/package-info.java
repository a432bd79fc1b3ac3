/**
 * Link-time optimisation: what stands between the resolution of names that intermediate code has
 * too, and the link of what a plug-in has compiled of it.
 */
package io.jld.lto;
