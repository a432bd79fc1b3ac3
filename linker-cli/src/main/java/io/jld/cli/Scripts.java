package io.jld.cli;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.IoReason;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;

/**
 * Reads version scripts and dynamic lists: as GNU ld, by their path, or else in the directories of
 * {@code -L}.
 */
final class Scripts {
  private Scripts() {}

  /** The names in a file that white space separates. */
  static Set<String> names(String option, String file) {
    Set<String> names = new HashSet<>();
    StringTokenizer words = new StringTokenizer(read(option, file, List.of()).text());
    while (words.hasMoreTokens()) {
      names.add(words.nextToken());
    }
    return Collections.unmodifiableSet(names);
  }

  /**
   * The lines of a file that are neither empty nor comments ({@code #}), each once.
   *
   * @param warnings takes one for each line that stands there twice
   */
  static List<String> lines(List<Diagnostic> warnings, String option, String file) {
    Set<String> lines = new LinkedHashSet<>();
    for (String line : read(option, file, List.of()).text().lines().toList()) {
      String name = line.strip();
      if (!name.isEmpty() && !name.startsWith("#") && !lines.add(name)) {
        warnings.add(
            Diagnostic.warning(
                DiagnosticCode.OPTION_SYMBOL,
                Location.NONE,
                file + ": '" + name + "' is named twice"));
      }
    }
    return List.copyOf(lines);
  }

  /**
   * @param dirs of {@code -L}
   * @throws UsageException where the file is in none of the places, or cannot be read
   */
  static LinkOption.Script read(String option, String name, List<String> dirs) {
    Path file = Inputs.path(name);
    if (!Files.exists(file) && !file.isAbsolute()) {
      for (String dir : dirs) {
        if (!dir.startsWith("=") && Files.exists(Inputs.path(dir).resolve(file))) {
          file = Inputs.path(dir).resolve(file);
          break;
        }
      }
    }
    try {
      return new LinkOption.Script(NameBytes.string(file), TextFile.read(file));
    } catch (IOException e) {
      boolean there = Files.exists(file);
      throw new UsageException(
          there ? DiagnosticCode.UNREADABLE_FILE : DiagnosticCode.FILE_NOT_FOUND,
          name
              + (there ? ": cannot be read: " + IoReason.of(e) : ": no such file")
              + " ("
              + option
              + ")");
    }
  }
}
