/**
 * Which input section a script puts where, by its descriptions of input sections: found before
 * symbols are resolved, because what a script throws away defines nothing.
 */
package io.jld.match;
