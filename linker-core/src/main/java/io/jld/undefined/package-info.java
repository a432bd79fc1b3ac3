/**
 * Names that nothing defines: the checks that find them, in objects and in shared libraries, and
 * what may be behind it. What is looked for to explain an error is looked for when there is one,
 * for the messages that are shown, and each search has a limit.
 */
package io.jld.undefined;
