package io.jld.bench;

/** What the JVM costs before a program has done anything: {@code bench.sh} compares with it. */
public final class Empty {
  private Empty() {}

  public static void main(String[] args) {}
}
