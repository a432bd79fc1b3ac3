/**
 * The layout of an output as data: what linker scripts say of symbols and sections, their
 * expressions, and where each of it stands. Everything here is a value that never changes; nothing
 * parses a text ({@code io.jld.script} does), and nothing knows a link, which answers the questions
 * of expressions through a small interface.
 *
 * <p>It is one package because a statement is a small record of its own, and there are many kinds
 * of them.
 */
package io.jld.plan;
