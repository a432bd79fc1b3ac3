package io.jld.pass;

/** Writes headers and tables. */
final class WriteTables {
  private WriteTables() {}

  static void run(Context ctxt) {}
}
