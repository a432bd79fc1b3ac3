/**
 * The file format as the gABI describes it: numbers, and one codec for both classes; and the copies
 * and fills that a cold JVM is quick at.
 */
package io.jld.elf;
