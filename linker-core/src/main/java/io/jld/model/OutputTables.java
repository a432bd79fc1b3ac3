package io.jld.model;

/** The headers and tables that a file has beside its contents, once they have their places. */
public interface OutputTables {
  /** Writes them. */
  void write();
}
