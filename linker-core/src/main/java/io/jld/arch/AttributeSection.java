package io.jld.arch;

/**
 * A section in which each object describes itself, and of which the output has one that describes
 * them all.
 *
 * @param name the output's section, for example {@code .ARM.attributes}
 * @param type {@code sh_type} by which inputs are known
 * @param headerType {@code p_type} of the program header that says where it is in the file; 0 for
 *     none
 * @since 0.1
 */
public record AttributeSection(String name, int type, int headerType) {}
