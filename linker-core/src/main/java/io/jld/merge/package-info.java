/**
 * Strings and constants that are there more than once become one ({@code SHF_MERGE}; gABI, "Section
 * Attribute Flags").
 */
package io.jld.merge;
