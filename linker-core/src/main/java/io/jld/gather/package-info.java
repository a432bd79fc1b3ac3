/**
 * What each output section of a script's layout is made of: input sections by their rules, what the
 * linker makes, and orphans, which no rule names.
 */
package io.jld.gather;
