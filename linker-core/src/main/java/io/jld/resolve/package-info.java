/**
 * The second stage: who defines a name. COMDAT groups, resolution, the linker's own symbols, what
 * scripts assign, versions and exports, undefined names, shared libraries.
 */
package io.jld.resolve;
