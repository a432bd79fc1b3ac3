package io.jld.arch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The architectures to choose from, by name, emulation, or {@code e_machine}. Immutable. */
public final class Arches {
  private final List<Arch> all;

  /**
   * @param all in order of preference: the first with a name or machine is the one that is found
   */
  public Arches(List<? extends Arch> all) {
    this.all = List.copyOf(all);
  }

  /**
   * Those that {@link ServiceLoader} finds on the module path and the class path of this library's
   * loader.
   */
  public static Arches installed() {
    ModuleLayer layer = Arches.class.getModule().getLayer();
    List<Arch> found = new ArrayList<>();
    if (layer != null) {
      ServiceLoader.load(layer, Arch.class).forEach(found::add);
    }
    if (found.isEmpty()) {
      return in(Arches.class.getClassLoader());
    }
    return new Arches(found);
  }

  /** Those that a class loader finds. */
  public static Arches in(ClassLoader loader) {
    List<Arch> found = new ArrayList<>();
    ServiceLoader.load(Arch.class, loader).forEach(found::add);
    return new Arches(found);
  }

  public List<Arch> all() {
    return all;
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
        + all.stream()
            .flatMap(a -> a.info().emulations().stream())
            .collect(Collectors.joining(", "));
  }

  /** The names for a message: {@code amd64 (x86-64, x86_64), x86 (i386, 386)}. */
  public String names() {
    return all.stream()
        .map(
            a ->
                a.info().name()
                    + (a.info().aliases().isEmpty()
                        ? ""
                        : " (" + String.join(", ", a.info().aliases()) + ")"))
        .collect(Collectors.joining(", "));
  }
}
