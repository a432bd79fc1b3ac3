/**
 * The second stage: who defines a name. COMDAT groups, resolution, the linker's own symbols, common
 * symbols, versions and exports, shared libraries.
 */
package io.jld.resolve;
