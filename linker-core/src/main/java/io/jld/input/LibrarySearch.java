package io.jld.input;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.script.InputScript;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Finds the file that {@code -lNAME}, {@code -l:FILE} or a linker script means, as GNU ld does it.
 *
 * <p>Directories are tried in the order of the library path; in each, {@code libNAME.so} before
 * {@code libNAME.a}, so that an archive in an early directory is taken rather than a shared library
 * in a later one. {@code -Bstatic} leaves the shared ones out; {@code -l:FILE} looks for that very
 * name.
 *
 * <p>A file that is for another architecture is passed over with a note, and the search goes on.
 *
 * <p>A search does not change: {@code SEARCH_DIR} in a script makes a new one.
 */
public final class LibrarySearch {
  private static final String SYSROOT = "$SYSROOT";

  /** Libraries of a directory that are looked through. */
  private static final int MAX_LISTED = 1 << 14;

  private final List<String> directories;
  private final String sysroot;
  private final Predicate<Path> compatible;
  private final Consumer<Diagnostic> notes;
  private final Consumer<String> tries;

  private LibrarySearch(
      List<String> directories,
      String sysroot,
      Predicate<Path> compatible,
      Consumer<Diagnostic> notes,
      Consumer<String> tries) {
    this.directories = directories;
    this.sysroot = sysroot;
    this.compatible = Objects.requireNonNull(compatible);
    this.notes = Objects.requireNonNull(notes);
    this.tries = Objects.requireNonNull(tries);
  }

  /**
   * A search in the given directories.
   *
   * @param libraryPath the directories in order; {@code =} or {@code $SYSROOT} at the start of one
   *     stands for the sysroot
   * @param sysroot the target's root directory; empty for the machine's own
   * @param compatible whether a file, which exists, may take part in the link; asked for each
   *     candidate once
   * @param notes takes a note about each candidate that may not
   */
  public static LibrarySearch of(
      List<String> libraryPath,
      String sysroot,
      Predicate<Path> compatible,
      Consumer<Diagnostic> notes) {
    return of(libraryPath, sysroot, compatible, notes, line -> {});
  }

  /**
   * As {@link #of(List, String, Predicate, Consumer)}.
   *
   * @param tries takes a line about each name that is tried, as {@code --verbose} prints it
   */
  public static LibrarySearch of(
      List<String> libraryPath,
      String sysroot,
      Predicate<Path> compatible,
      Consumer<Diagnostic> notes,
      Consumer<String> tries) {
    LibrarySearch search = new LibrarySearch(List.of(), sysroot, compatible, notes, tries);
    Set<String> directories = new LinkedHashSet<>();
    for (String d : libraryPath) {
      directories.add(search.directory(d));
    }
    return new LibrarySearch(List.copyOf(directories), sysroot, compatible, notes, tries);
  }

  /**
   * This search with one more directory at the end of the library path, as {@code SEARCH_DIR} adds
   * it.
   */
  public LibrarySearch plus(String directory) {
    String added = directory(directory);
    if (directories.contains(added)) {
      return this;
    }
    List<String> more = new ArrayList<>(directories);
    more.add(added);
    return new LibrarySearch(List.copyOf(more), sysroot, compatible, notes, tries);
  }

  private String directory(String name) {
    String directory = inSysroot(name);
    return directory.isEmpty() ? "." : directory;
  }

  /** With the sysroot in the place of a leading {@code =} or {@code $SYSROOT}. */
  private String inSysroot(String name) {
    if (name.startsWith("=")) {
      return sysroot + name.substring(1);
    }
    return name.startsWith(SYSROOT) ? sysroot + name.substring(SYSROOT.length()) : name;
  }

  /**
   * The file for {@code -lNAME}.
   *
   * @param name what stands after {@code -l}; {@code :FILE} is the name of a file in the library
   *     path
   * @param staticOnly whether {@code -Bstatic} is in force
   * @param where who asks, for messages; {@link Location#NONE} for the command line
   * @throws LinkException where there is none
   */
  public Path library(String name, boolean staticOnly, Location where) {
    String wanted = "-l" + name;
    List<String> suffixes = staticOnly ? List.of(".a") : List.of(".so", ".a");
    List<Path> skipped = new ArrayList<>();
    for (String directory : directories) {
      if (name.startsWith(":")) {
        Path file = candidate(directory + '/' + name.substring(1), wanted, where, skipped);
        if (file != null) {
          return file;
        }
        continue;
      }
      for (String suffix : suffixes) {
        Path file = candidate(directory + "/lib" + name + suffix, wanted, where, skipped);
        if (file != null) {
          return file;
        }
      }
    }
    throw notFound(wanted, where, hints(name, staticOnly, skipped));
  }

  /**
   * The file that an item of {@code INPUT} or {@code GROUP} means. A library is searched for as
   * always; so is a name, but in the script's own and in the current directory first. An absolute
   * name is taken as it is, in the sysroot if it says so or the script itself lies there.
   *
   * @param script where the item stands
   * @param scriptPath the script's file; null if it has none
   * @throws LinkException where there is none
   */
  public Path inScript(
      InputScript script, Path scriptPath, InputScript.Item item, boolean staticOnly) {
    Location where = Location.file(script.file() + ":" + item.line());
    if (item.library()) {
      return library(item.name(), staticOnly, where);
    }
    String name = inSysroot(item.name());
    boolean prefixed = !name.equals(item.name());
    if (prefixed || name.startsWith("/")) {
      boolean add = !prefixed && isInSysroot(scriptPath);
      Path file = path(add ? sysroot + name : name, name, where);
      if (!isFile(file)) {
        throw add
            ? new LinkException(
                DiagnosticCode.FILE_NOT_FOUND, where, "cannot find " + name + " inside " + sysroot)
            : notFound(name, where, List.of());
      }
      return file;
    }
    return named(name, scriptPath, where);
  }

  /**
   * The linker script that {@code -T} or {@code INCLUDE} names, or the file that a description of
   * input sections does: by its path, or else in the library path.
   *
   * @param more directories after those of the library path
   * @throws LinkException where there is none
   */
  public Path script(String name, List<String> more, Location where) {
    Path path = path(name, name, where);
    if (isFile(path) || path.isAbsolute()) {
      return path;
    }
    LibrarySearch all = this;
    for (String directory : more) {
      all = all.plus(directory);
    }
    for (String directory : all.directories) {
      Path file = path(directory + '/' + name, name, where);
      if (isFile(file)) {
        return file;
      }
    }
    throw notFound(name, where, List.of());
  }

  private Path named(String name, Path scriptPath, Location where) {
    List<String> places = new ArrayList<>();
    if (scriptPath != null) {
      places.add(NameBytes.string(scriptPath.resolveSibling("")));
    }
    places.add("");
    places.addAll(directories);
    List<Path> skipped = new ArrayList<>();
    for (String place : places) {
      String file = place.isEmpty() || place.endsWith("/") ? place + name : place + '/' + name;
      Path found = candidate(file, name, where, skipped);
      if (found != null) {
        return found;
      }
    }
    throw notFound(name, where, skippedHints(skipped));
  }

  /** The file if it exists and is compatible, otherwise null. */
  private Path candidate(String name, String wanted, Location where, List<Path> skipped) {
    Path file = path(name, wanted, where);
    if (skipped.contains(file)) {
      return null;
    }
    boolean found = isFile(file);
    tries.accept("attempt to open " + NameBytes.string(file) + (found ? " succeeded" : " failed"));
    if (!found) {
      return null;
    }
    if (compatible.test(file)) {
      return file;
    }
    skipped.add(file);
    notes.accept(
        Diagnostic.note(
            DiagnosticCode.INCOMPATIBLE_LIBRARY,
            where,
            "skipping incompatible " + NameBytes.string(file) + " when searching for " + wanted));
    return null;
  }

  private static Path path(String name, String wanted, Location where) {
    try {
      return NameBytes.path(name);
    } catch (InvalidPathException e) {
      throw new LinkException(
          DiagnosticCode.INVALID_VALUE,
          where,
          "cannot find " + wanted + ": not a file's name: " + e.getReason());
    }
  }

  /**
   * The files that {@code -lNAME} would find, for every name: of several with the same name the
   * first. For a link that has failed.
   *
   * @param most how many files are looked at
   */
  public List<Path> all(boolean staticOnly, int most) {
    Map<String, Path> found = new LinkedHashMap<>();
    int left = most;
    for (String directory : directories) {
      List<Path> libraries = libraries(directory);
      for (String suffix : staticOnly ? List.of(".a") : List.of(".so", ".a")) {
        for (Path file : libraries) {
          String name = NameBytes.string(file.getFileName());
          if (name.endsWith(suffix) && left-- > 0) {
            found.putIfAbsent(name.substring(3, name.length() - suffix.length()), file);
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  /** The libraries of a directory in alphabetical order; none where it cannot be read. */
  private static List<Path> libraries(String directory) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(NameBytes.path(directory))) {
      for (Path file : all) {
        String name = NameBytes.string(file.getFileName());
        if (name.startsWith("lib") && (name.endsWith(".so") || name.endsWith(".a"))) {
          files.add(file);
        }
        if (files.size() > MAX_LISTED) {
          return List.of(); // which of them are the first is not known
        }
      }
    } catch (IOException | DirectoryIteratorException | InvalidPathException e) {
      return List.of();
    }
    Collections.sort(files);
    return files;
  }

  /** Anything but a directory: a library may as well come from a pipe. */
  private static boolean isFile(Path file) {
    return Files.exists(file) && !Files.isDirectory(file);
  }

  private boolean isInSysroot(Path file) {
    if (sysroot.isEmpty() || file == null) {
      return false;
    }
    try {
      return file.toRealPath().startsWith(NameBytes.path(sysroot).toRealPath());
    } catch (IOException | InvalidPathException e) {
      return false; // the sysroot does not exist
    }
  }

  private static LinkException notFound(String wanted, Location where, List<String> hints) {
    StringBuilder message =
        new StringBuilder("cannot find " + wanted + ": No such file or directory");
    hints.forEach(hint -> message.append("\n>>> ").append(hint));
    return new LinkException(
        wanted.startsWith("-l") ? DiagnosticCode.LIBRARY_NOT_FOUND : DiagnosticCode.FILE_NOT_FOUND,
        where,
        message.toString());
  }

  private static List<String> skippedHints(List<Path> skipped) {
    List<String> hints = new ArrayList<>();
    skipped.forEach(
        file ->
            hints.add(
                NameBytes.string(file)
                    + " is incompatible with the output: it is made for another architecture"));
    return hints;
  }

  /** What may have been meant; a failed link has the time to look for it. */
  private List<String> hints(String name, boolean staticOnly, List<Path> skipped) {
    List<String> hints = skippedHints(skipped);
    if (name.isEmpty() || name.startsWith(":")) {
      return hints;
    }
    if (staticOnly && anywhere("lib" + name + ".so") != null) {
      hints.add(
          anywhere("lib" + name + ".so")
              + " is there: have you installed the static version of the "
              + name
              + " library?");
    } else if (hints.isEmpty()) {
      String versioned = versioned("lib" + name + ".so.");
      if (versioned != null) {
        hints.add(
            versioned
                + " is there, for programs that run, but lib"
                + name
                + ".so, for linking, is not: is a -dev or -devel package missing?");
      }
    }
    String bare = withoutAffixes(name);
    if (!bare.equals(name)
        && (anywhere("lib" + bare + ".so") != null || anywhere("lib" + bare + ".a") != null)) {
      hints.add("did you mean -l" + bare + "?");
    }
    for (String other : List.of(name, name + ".so", name + ".a")) {
      if (!name.equals(bare) && !other.equals(name)) {
        continue;
      }
      String file = anywhere(other);
      if (file != null) {
        hints.add("to link with " + file + " use -l:" + other);
      }
    }
    return hints;
  }

  private static String withoutAffixes(String name) {
    String bare = name.startsWith("lib") ? name.substring(3) : name;
    for (String suffix : List.of(".so", ".a")) {
      if (bare.endsWith(suffix)) {
        bare = bare.substring(0, bare.length() - suffix.length());
      }
    }
    return bare;
  }

  private String anywhere(String file) {
    for (String directory : directories) {
      Path path = NameBytes.path(directory + '/' + file);
      if (isFile(path)) {
        return NameBytes.string(path);
      }
    }
    return null;
  }

  /** The first file in the library path whose name starts so, in alphabetical order. */
  private String versioned(String start) {
    for (String directory : directories) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(
              NameBytes.path(directory),
              file -> NameBytes.string(file.getFileName()).startsWith(start))) {
        Path first = null;
        for (Path file : files) {
          first = first == null || file.compareTo(first) < 0 ? file : first;
        }
        if (first != null) {
          return NameBytes.string(first);
        }
      } catch (IOException | DirectoryIteratorException e) {
        // no hint from a directory that cannot be read
      }
    }
    return null;
  }
}
