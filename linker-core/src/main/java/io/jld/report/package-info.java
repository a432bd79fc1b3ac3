/**
 * What is told to people: the source line of an error, names as the source has them, link map,
 * cross reference, traces of files and symbols. Only looked for when it is asked for.
 *
 * <p>A report goes line by line to a sink that the request names ({@link
 * io.jld.link.LinkOption#MAP} and its like, or {@link io.jld.link.LinkRequest#messages}): only the
 * caller knows files and standard streams.
 */
package io.jld.report;
