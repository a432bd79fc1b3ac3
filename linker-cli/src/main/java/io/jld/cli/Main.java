package io.jld.cli;

/** The program. */
public final class Main {
  private Main() {}

  /** Runs a link. */
  public static void main(String[] args) {}
}
