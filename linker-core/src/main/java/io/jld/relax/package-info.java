/**
 * Linker relaxation: what an architecture takes out of sections of code once it is known where
 * everything is.
 */
package io.jld.relax;
