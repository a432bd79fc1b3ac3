/**
 * Unwind tables: {@code .eh_frame}, its records and pointers, the table to search it by, and the
 * records of the PLT (LSB, "Exception Frames").
 */
package io.jld.frame;
