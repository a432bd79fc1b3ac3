package io.jld.pass;

/** MergeSections. */
final class MergeSections {
  private MergeSections() {}

  static void run(Context ctxt) {}
}
