/**
 * Which names somebody means who has written a pattern: globs for files, sections and symbols, and
 * the lists of symbols of version scripts and dynamic lists. {@code io.jld.script} reads these
 * lists; here is what they say, and which symbols it is said of.
 */
package io.jld.pattern;
