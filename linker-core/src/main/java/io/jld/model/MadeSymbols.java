package io.jld.model;

/** Local symbols for what the linker has made while it gave addresses. */
public interface MadeSymbols {
  int count();

  String name(int i);

  /** {@code STT_*}. */
  int type(int i);

  long value(int i);

  /** Bytes; 0 where it has none. */
  long size(int i);

  OutputSection section(int i);
}
