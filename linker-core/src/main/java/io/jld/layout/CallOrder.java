package io.jld.layout;

/**
 * The order that {@link CallGraph} has found, for {@code --print-symbol-order}.
 *
 * @param sections the input sections
 */
public record CallOrder(int[] sections) {}
