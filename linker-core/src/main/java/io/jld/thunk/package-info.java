/**
 * Range-extension thunks: for branches that do not reach their targets ({@link
 * io.jld.arch.Thunks}). Only links of much code, for an architecture that has them, come here.
 */
package io.jld.thunk;
