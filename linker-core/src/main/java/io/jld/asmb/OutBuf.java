package io.jld.asmb;

/** The output. */
public final class OutBuf {}
