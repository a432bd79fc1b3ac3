package io.jld.cli;

import io.jld.arch.Arch;
import io.jld.link.Linker;

/**
 * What {@code --version}, {@code -v} and {@code -V} print.
 *
 * <p>The first line is read by scripts. libtool looks for {@code GNU}; the kernel's {@code
 * ld-version.sh} wants {@code GNU ld} in front and takes the last word for the version; meson takes
 * the first thing in it that looks like one; an old libtool takes {@code " 0."} anywhere for a
 * linker that is too old to have version scripts. So jld's own version has a line of its own.
 */
final class Version {
  /** The GNU ld whose options jld takes. */
  static final String GNU_LD = "2.40";

  private Version() {}

  static String line() {
    return "GNU ld (jld) " + GNU_LD;
  }

  static void print(Console console) {
    console.out(line());
    console.out("jld " + Linker.VERSION + ", an ELF linker for the JVM");
    console.out(
        "This program is free software under the Apache License 2.0; it comes without any"
            + " warranty.");
  }

  static void printEmulations(Console console) {
    console.out("  Supported emulations:");
    for (Arch arch : Architectures.installed().sorted()) {
      for (String emulation : arch.info().emulations()) {
        console.out("   " + emulation);
      }
    }
  }
}
