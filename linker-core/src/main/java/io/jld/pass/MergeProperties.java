package io.jld.pass;

/** MergeProperties. */
final class MergeProperties {
  private MergeProperties() {}

  static void run(Context ctxt) {}
}
