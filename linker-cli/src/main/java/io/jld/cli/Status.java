package io.jld.cli;

/** What jld does about an option. */
enum Status {
  /** It does what GNU ld's manual says. */
  HONOURED("honoured"),
  /** Accepted, and right to ignore: the output is as good without it. The entry says why. */
  IGNORED("ignored"),
  /**
   * An error: a link that went on without it would make another program than was asked for. The
   * entry says why.
   */
  REFUSED("refused");

  private final String word;

  Status(String word) {
    this.word = word;
  }

  /** As in docs/options.md. */
  String word() {
    return word;
  }
}
