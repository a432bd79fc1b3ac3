/**
 * What else the linker makes itself, one section a file: the GOT, the PLT, copies, the build ID,
 * ...
 */
package io.jld.synth;
