/**
 * The second stage: who defines a name. COMDAT groups, resolution, the linker's own symbols, common
 * symbols, versions and exports, undefined names, shared libraries.
 */
package io.jld.resolve;
