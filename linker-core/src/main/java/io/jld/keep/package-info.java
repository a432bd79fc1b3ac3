/**
 * Files that stay mapped and parsed from one link to the next, as long as they are what they were,
 * and within a bound.
 */
package io.jld.keep;
