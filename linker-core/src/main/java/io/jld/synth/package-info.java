/**
 * What the linker makes itself, one section a file: the GOT, the PLT, the dynamic section, the
 * build ID, ...
 */
package io.jld.synth;
