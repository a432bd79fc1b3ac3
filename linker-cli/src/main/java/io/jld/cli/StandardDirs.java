package io.jld.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The library directories that are searched after those of {@code -L}, as GNU ld's standard scripts
 * name them.
 */
final class StandardDirs {
  private StandardDirs() {}

  /**
   * The directories for a target.
   *
   * @param target an emulation or an architecture's name; of those that are not known here, only
   *     the directories that all systems have
   * @return each with a {@code =} in front, which stands for the sysroot
   */
  static List<String> of(String target) {
    List<String> dirs = new ArrayList<>(9);
    switch (target) {
      case "elf_x86_64", "amd64", "x86-64", "x86_64" -> addMulti(dirs, "x86_64-linux-gnu", "64");
      case "elf_i386", "x86", "i386", "i686", "386" -> addMulti(dirs, "i386-linux-gnu", "32");
      default -> {}
    }
    dirs.add("=/usr/local/lib");
    dirs.add("=/lib");
    dirs.add("=/usr/lib");
    return dirs;
  }

  /**
   * Debian's directories for several architectures, then those that other systems have for two word
   * sizes.
   */
  private static void addMulti(List<String> dirs, String triplet, String bits) {
    dirs.add("=/usr/local/lib/" + triplet);
    dirs.add("=/lib/" + triplet);
    dirs.add("=/usr/lib/" + triplet);
    dirs.add("=/usr/local/lib" + bits);
    dirs.add("=/lib" + bits);
    dirs.add("=/usr/lib" + bits);
  }
}
