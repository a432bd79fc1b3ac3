package io.jld.cli;

import io.jld.amd64.Amd64;
import io.jld.arch.Arches;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.IoReason;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.x86.X86;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;

/**
 * The architectures that the program links for: those that {@link Arches#installed} finds, but the
 * two of the distribution without a search where the launcher says that there are no others. A
 * search opens each jar of the class path, and that is a fifth of the time of a small link; without
 * it the JVM takes all of its classes from the AOT cache and opens no jar at all.
 */
final class Architectures {
  /** The launcher sets it to {@code standard} where {@code lib/arch/} is empty. */
  private static final String PROPERTY = "jld.arch";

  private Architectures() {}

  static Arches installed() {
    return "standard".equals(System.getProperty(PROPERTY))
        ? new Arches(List.of(new Amd64(), new X86()))
        : Arches.installed();
  }

  /** Jars in {@code lib/arch/} that can't be read; the JVM passes over them without a word. */
  static List<Diagnostic> unreadable() {
    List<Diagnostic> all = new ArrayList<>();
    if ("standard".equals(System.getProperty(PROPERTY))) {
      return all;
    }
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
      File jar = new File(entry);
      if (jar.getParent() != null && jar.getParentFile().getName().equals("arch") && jar.isFile()) {
        try {
          new ZipFile(jar).close();
        } catch (IOException e) {
          String path = NameBytes.shown(jar.toPath().toAbsolutePath().normalize());
          all.add(
              Diagnostic.warning(
                  DiagnosticCode.UNUSABLE_ARCHITECTURE,
                  Location.file(path),
                  "jar cannot be read: " + IoReason.of(e)));
        }
      }
    }
    return all;
  }
}
