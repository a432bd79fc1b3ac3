package io.jld.cli;

import io.jld.link.DiagnosticCode;

/**
 * The JVM that stays. The launcher looks at these, and hands them on; here they are out of place.
 */
enum ServerOpt implements Opt {
  SERVER(
      "--server!",
      "[=ACTION]",
      "Start a JVM that makes the links of JLD_SERVER=auto; or status, stop, run; comes first"),
  IDLE("--idle!", "MINUTES", "With --server: how long it stays unused; default 30"),
  KEEP(
      "--keep!",
      "SIZE",
      "With one of the others: memory for what stays of files between links (k, m, g); 0: none"),
  PERSISTENT_WORKER(
      "--persistent_worker!",
      "",
      "Link what is asked for on standard input in Bazel's worker protocol");

  private final Form form;

  ServerOpt(String names, String value, String help) {
    form = new Form(names, value, help, Status.HONOURED, "");
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public void apply(Settings s, String value, String spelling) {
    throw new UsageException(
        DiagnosticCode.OPTION_CONFLICT,
        spelling
            + ": stands on the command line itself; --server first, and but for its own options"
            + " alone");
  }
}
