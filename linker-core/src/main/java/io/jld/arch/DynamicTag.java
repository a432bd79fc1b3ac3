package io.jld.arch;

import java.util.function.LongSupplier;

/**
 * An entry of {@code .dynamic} (gABI, "Dynamic Section").
 *
 * @param tag its {@code d_tag}
 * @param value gives {@code d_un}; asked when all addresses are known
 * @since 0.1
 */
public record DynamicTag(long tag, LongSupplier value) {}
