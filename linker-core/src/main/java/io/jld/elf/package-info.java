/** The file format as the gABI describes it: numbers, and one codec for both classes. */
package io.jld.elf;
