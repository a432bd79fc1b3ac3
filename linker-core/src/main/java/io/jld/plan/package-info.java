/**
 * The layout of an output as data: what linker scripts say of symbols and sections, their
 * expressions, and where each of it stands. Everything here is a value that never changes; nothing
 * parses a text ({@code io.jld.script} does), and nothing knows a link, which answers the questions
 * of expressions through a small interface.
 */
package io.jld.plan;
