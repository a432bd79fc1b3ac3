package io.jld.arch;

import io.jld.link.Diagnostic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The architectures to choose from, by name, emulation, or {@code e_machine}. Immutable.
 *
 * @since 0.1
 */
public final class Arches {
  private final List<Arch> all;
  private final List<Diagnostic> problems;

  /**
   * @param all in order of preference: the first with a name or machine is the one that is found
   */
  public Arches(List<? extends Arch> all) {
    this(all, List.of());
  }

  Arches(List<? extends Arch> all, List<Diagnostic> problems) {
    this.all = List.copyOf(all);
    this.problems = List.copyOf(problems);
  }

  /**
   * Those that {@link ServiceLoader} finds on the module path and the class path of this library's
   * loader. One that can't be loaded is left out, and {@link #problems} tells why.
   */
  public static Arches installed() {
    ModuleLayer layer = Arches.class.getModule().getLayer();
    Arches found = layer == null ? null : new ArchFinder().layer(layer).found();
    return found == null || found.all.isEmpty() && found.problems.isEmpty()
        ? in(Arches.class.getClassLoader())
        : found;
  }

  /** Those that a class loader finds; as {@link #installed}. */
  public static Arches in(ClassLoader loader) {
    return new ArchFinder().loader(loader).found();
  }

  /**
   * What is wrong with architectures that were found, each named by its jar: those that can't be
   * loaded, those whose names others have already. Every link warns of them.
   */
  public List<Diagnostic> problems() {
    return problems;
  }

  /** The architecture's name and the jar or directory that it comes from, for a message. */
  public static String describe(Arch arch) {
    String name;
    try {
      name = "'" + arch.info().name() + "'";
    } catch (RuntimeException | LinkageError e) {
      name = arch.getClass().getName(); // info() is what fails
    }
    String origin = ArchFinder.origin(arch.getClass());
    return origin == null ? name : name + " (" + origin + ")";
  }

  /** All, in order of preference: as they were given or found. */
  public List<Arch> all() {
    return all;
  }

  /**
   * All, in the order of their names: what is told to people does not depend on the order of the
   * class path or the module path.
   */
  public List<Arch> sorted() {
    List<Arch> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparing(a -> a.info().name()));
    return sorted;
  }

  /** By name or alias; letter case counts. */
  public Optional<Arch> byName(String name) {
    return find(i -> i.name().equals(name) || i.aliases().contains(name));
  }

  /** By {@code -m}'s name. */
  public Optional<Arch> byEmulation(String emulation) {
    return find(i -> i.emulations().contains(emulation));
  }

  /** By BFD's name of the format ({@code OUTPUT_FORMAT}). */
  public Optional<Arch> byOutputFormat(String format) {
    return find(i -> i.outputFormats().contains(format));
  }

  /**
   * By {@code e_machine} and class of an object.
   *
   * @param is64 whether the object is ELFCLASS64
   */
  public Optional<Arch> byMachine(int machine, boolean is64) {
    return find(i -> i.machine() == machine && i.is64() == is64);
  }

  private Optional<Arch> find(Predicate<ArchInfo> which) {
    for (Arch a : all) {
      if (which.test(a.info())) {
        return Optional.of(a);
      }
    }
    return Optional.empty();
  }

  /** The message for an emulation that no architecture has: it lists those that there are. */
  public String noEmulation(String name) {
    return "unrecognised emulation mode: "
        + name
        + "; there are: "
        + sorted().stream()
            .flatMap(a -> a.info().emulations().stream())
            .collect(Collectors.joining(", "));
  }

  /** The names for a message: {@code amd64 (x86-64, x86_64), x86 (i386, 386)}. */
  public String names() {
    return sorted().stream()
        .map(
            a ->
                a.info().name()
                    + (a.info().aliases().isEmpty()
                        ? ""
                        : " (" + String.join(", ", a.info().aliases()) + ")"))
        .collect(Collectors.joining(", "));
  }
}
