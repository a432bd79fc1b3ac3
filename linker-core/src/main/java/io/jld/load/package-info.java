/**
 * The first stage: inputs are found, mapped and parsed, archive members extracted, and all that has
 * been loaded gets numbers.
 */
package io.jld.load;
