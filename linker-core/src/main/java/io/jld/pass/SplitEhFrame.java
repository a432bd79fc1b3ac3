package io.jld.pass;

/** SplitEhFrame. */
final class SplitEhFrame {
  private SplitEhFrame() {}

  static void run(Context ctxt) {}
}
