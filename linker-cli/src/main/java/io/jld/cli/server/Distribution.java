package io.jld.cli.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that this JVM was started from, as they were then: once one of them is another, it is
 * not the program that the user has installed any more.
 */
final class Distribution {
  private final List<Path> files = new ArrayList<>();
  private final List<List<Object>> seen;

  /**
   * @param classPath of this JVM
   * @param java its home
   */
  Distribution(String classPath, Path java) {
    Path first = null;
    for (String entry : classPath.split(File.pathSeparator)) {
      files.add(Path.of(entry));
      first = first == null ? Path.of(entry) : first;
    }
    files.add(first.resolveSibling("arch")); // a jar that is plugged in changes the directory
    files.add(java.resolve("release"));
    files.add(java.resolve("lib/modules"));
    seen = states();
  }

  boolean isUnchanged() {
    return states().equals(seen);
  }

  private List<List<Object>> states() {
    List<List<Object>> states = new ArrayList<>();
    for (Path file : files) {
      try {
        BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
        states.add(List.of(a.fileKey(), a.size(), a.lastModifiedTime()));
      } catch (IOException e) {
        states.add(List.of());
      }
    }
    return states;
  }
}
