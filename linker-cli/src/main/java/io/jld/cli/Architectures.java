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

  private static final String SERVICES = "META-INF/services/io.jld.arch.Arch";

  private Architectures() {}

  static Arches installed() {
    return "standard".equals(System.getProperty(PROPERTY))
        ? new Arches(List.of(new Amd64(), new X86()))
        : Arches.installed();
  }

  /**
   * What is in {@code lib/arch/} and is no jar, or none with an architecture; the JVM passes over
   * it without a word.
   */
  static List<Diagnostic> unusable() {
    List<Diagnostic> all = new ArrayList<>();
    if ("standard".equals(System.getProperty(PROPERTY))) {
      return all;
    }
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
      File jar = new File(entry);
      if (jar.getParent() != null && jar.getParentFile().getName().equals("arch") && jar.isFile()) {
        try (ZipFile zip = new ZipFile(jar)) {
          if (zip.getEntry(SERVICES) == null) {
            all.add(warning(jar, "there is no architecture: the jar has no " + SERVICES));
          }
        } catch (IOException e) {
          all.add(warning(jar, "jar cannot be read: " + IoReason.of(e)));
        }
      }
    }
    return all;
  }

  private static Diagnostic warning(File jar, String message) {
    String path = NameBytes.shown(jar.toPath().toAbsolutePath().normalize());
    return Diagnostic.warning(DiagnosticCode.UNUSABLE_ARCHITECTURE, Location.file(path), message);
  }
}
