/**
 * What is told to people: the source line of an error, names as the source has them. Only looked
 * for when it is asked for.
 */
package io.jld.report;
