package io.jld.arch;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;

/**
 * Finds architectures, one after the other: what is wrong with one of them is told by the name of
 * its jar, and is no reason to do without the others. {@link ServiceLoader} alone ends at the first
 * that fails, and does not say where it is.
 */
final class ArchFinder {
  private static final String SERVICES = "META-INF/services/" + Arch.class.getName();

  private static final int MAX_THROWN = 100;

  private final List<Arch> found = new ArrayList<>();
  private final List<Diagnostic> problems = new ArrayList<>();

  /** The providers' class names, each with where it was listed. */
  private final Map<String, String> seen = new HashMap<>();

  /** Who has which name, alias, emulation. */
  private final Map<String, String> owners = new HashMap<>();

  Arches found() {
    return new Arches(found, problems);
  }

  /** Those that modules provide. */
  ArchFinder layer(ModuleLayer layer) {
    for (Throwable e : modules(ServiceLoader.load(layer, Arch.class))) {
      problem(null, "architecture cannot be loaded: " + reason(e));
    }
    return this;
  }

  /**
   * Those that are in modules.
   *
   * @return what was thrown while they were looked for, of which the jar is not known
   */
  private List<Throwable> modules(ServiceLoader<Arch> services) {
    List<Throwable> thrown = new ArrayList<>();
    Iterator<ServiceLoader.Provider<Arch>> all = services.stream().iterator();
    while (thrown.size() < MAX_THROWN) { // an iterator that stays where it fails would have no end
      try {
        if (!all.hasNext()) {
          break;
        }
        module(all.next());
      } catch (RuntimeException | Error e) {
        thrown.add(e);
      }
    }
    return thrown;
  }

  private void module(ServiceLoader.Provider<Arch> provider) {
    Class<? extends Arch> type = provider.type();
    if (!type.getModule().isNamed()) {
      return; // it is found by its jar's list
    }
    String origin = origin(type);
    seen.put(type.getName(), origin);
    try {
      if (isForThis(type, origin)) {
        add(provider.get(), origin);
      }
    } catch (RuntimeException | Error e) {
      unusable(type.getName(), origin, e);
    }
  }

  /** Those of a class loader: in its modules, and what its jars and directories list. */
  ArchFinder loader(ClassLoader loader) {
    modules(ServiceLoader.load(Arch.class, loader)); // what fails there is met again below
    List<URL> lists = new ArrayList<>();
    try {
      lists.addAll(Collections.list(loader.getResources(SERVICES)));
    } catch (IOException e) {
      problem(null, "architectures cannot be searched for: " + e);
    }
    for (URL list : lists) {
      String origin = origin(list.toString());
      try {
        List<String> names = names(list);
        for (String name : names) {
          provider(name, origin, loader);
        }
        if (names.isEmpty()) {
          problem(origin, "there is no architecture: " + SERVICES + " names none");
        }
      } catch (IOException e) {
        problem(origin, SERVICES + " cannot be read: " + e);
      }
    }
    return this;
  }

  /** Class names, one a line; {@code #} begins a comment. */
  private static List<String> names(URL list) throws IOException {
    URLConnection connection = list.openConnection();
    connection.setUseCaches(false); // the jar need not stay open
    List<String> names = new ArrayList<>();
    try (InputStream in = connection.getInputStream()) {
      for (String line : NameBytes.string(in.readAllBytes()).split("\\R")) {
        int comment = line.indexOf('#');
        String name = (comment < 0 ? line : line.substring(0, comment)).strip();
        if (!name.isEmpty()) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private void provider(String name, String origin, ClassLoader loader) {
    String first = seen.putIfAbsent(name, origin);
    if (first != null) {
      if (!Objects.equals(first, origin)) {
        problem(origin, "architecture " + name + " is passed over: " + first + " has the same");
      }
      return;
    }
    try {
      Class<?> type = Class.forName(name, false, loader);
      if (!Arch.class.isAssignableFrom(type)) {
        problem(
            origin, "architecture cannot be loaded: " + name + " is no " + Arch.class.getName());
        return;
      }
      if (isForThis(type, origin)) {
        add((Arch) type.getConstructor().newInstance(), origin);
      }
    } catch (InvocationTargetException e) {
      unusable(name, origin, e.getCause());
    } catch (ReflectiveOperationException | RuntimeException | Error e) {
      unusable(name, origin, e);
    }
  }

  /** Whether an architecture is made for this version of the interface; none of its code runs. */
  private boolean isForThis(Class<?> type, String origin) {
    SpiVersion made = type.getAnnotation(SpiVersion.class);
    if (made == null || made.value() == SpiVersion.CURRENT) {
      return true;
    }
    problem(
        origin,
        "architecture cannot be loaded: "
            + type.getName()
            + " is made for version "
            + made.value()
            + " of the interface to architectures, and this is version "
            + SpiVersion.CURRENT);
    return false;
  }

  /** Adds an architecture, unless its name is another's. */
  private void add(Arch arch, String origin) {
    ArchInfo info = arch.info();
    String name = info.name();
    List<String> others = new ArrayList<>(info.aliases());
    others.addAll(info.emulations());
    List.copyOf(info.outputFormats()); // null fails here and not in a link
    String self = "'" + name + "'" + (origin == null ? "" : " of " + origin);
    String owner = owners.putIfAbsent(name, self);
    if (owner != null) {
      problem(origin, "architecture '" + name + "' is passed over: the name is taken by " + owner);
      return;
    }
    for (String other : others) {
      owner = owners.putIfAbsent(other, self);
      if (owner != null && !owner.equals(self)) {
        problem(origin, "architecture '" + name + "' is not '" + other + "', which is " + owner);
      }
    }
    found.add(arch);
  }

  private void unusable(String name, String origin, Throwable e) {
    problem(origin, "architecture cannot be loaded: " + name + ": " + reason(e));
  }

  private void problem(String origin, String message) {
    Location where = origin == null ? Location.NONE : Location.file(origin);
    problems.add(Diagnostic.warning(DiagnosticCode.UNUSABLE_ARCHITECTURE, where, message));
  }

  private static String reason(Throwable e) {
    Throwable root = e;
    for (int depth = 0; root.getCause() != null && depth < 16; depth++) {
      root = root.getCause();
    }
    if (root instanceof ClassNotFoundException) {
      return "there is no class " + root.getMessage();
    }
    return root instanceof LinkageError ? root + " (made for another version of jld?)" : "" + root;
  }

  /** The jar or directory that a class comes from; null where that is not known. */
  static String origin(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null
        ? null
        : origin(source.getLocation().toString());
  }

  private static String origin(String url) {
    String place =
        url.endsWith(SERVICES) ? url.substring(0, url.length() - SERVICES.length()) : url;
    if (place.startsWith("jar:") && place.endsWith("!/")) {
      place = place.substring(4, place.length() - 2);
    }
    try {
      return NameBytes.shown(Path.of(URI.create(place)));
    } catch (RuntimeException e) {
      return place; // no file
    }
  }
}
