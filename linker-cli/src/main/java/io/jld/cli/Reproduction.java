package io.jld.cli;

import io.jld.link.DiagnosticCode;
import io.jld.link.IoReason;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@code --reproduce=FILE.tar}: an archive in lld's layout from which the link can be made again
 * elsewhere. In a directory with the archive's name are all files that were read, below the path
 * from the root by which they were; and {@code response.txt}, the command line with these paths,
 * for {@code ld @response.txt} in that directory. It becomes the sysroot where there was none, so
 * that linker scripts with absolute paths ({@code libc.so}) and the standard directories lead into
 * it, too.
 */
final class Reproduction {
  /** Options whose value is a file to read, where there is one of that name. */
  private static final Set<Opt> READ =
      Set.of(
          InputOpt.SCRIPT,
          InputOpt.DEFAULT_SCRIPT,
          InputOpt.MRI_SCRIPT,
          InputOpt.JUST_SYMBOLS,
          SymbolOpt.VERSION_SCRIPT,
          SymbolOpt.DYNAMIC_LIST,
          SymbolOpt.EXPORT_DYNAMIC_SYMBOL_LIST,
          SymbolOpt.RETAIN_SYMBOLS_FILE,
          LayoutOpt.SYMBOL_ORDERING_FILE,
          LayoutOpt.SECTION_ORDERING_FILE,
          LayoutOpt.CALL_GRAPH_ORDERING_FILE,
          ReportOpt.SIZE_REPORT_BASE);

  /** Options whose value is a file to write. */
  private static final Set<Opt> WRITTEN =
      Set.of(
          OutputOpt.OUTPUT,
          OutputOpt.DEPENDENCY_FILE,
          OutputOpt.SEPARATE_DEBUG_FILE,
          ReportOpt.MAP_JSON,
          ReportOpt.SIZE_REPORT,
          ReportOpt.WHY_EXTRACT,
          ReportOpt.MAP,
          ReportOpt.TIME_TRACE,
          ReportOpt.PRINT_SYMBOL_ORDER);

  /** Options whose value is a directory, or several with colons between them. */
  private static final Set<Opt> DIRECTORIES =
      Set.of(InputOpt.LIBRARY_PATH, InputOpt.SYSROOT, InputOpt.Y_PATH, DynamicOpt.RPATH_LINK);

  private final String name;
  private final String[] args;
  private final Path working;

  /** The files by their names in the archive. */
  private final TreeMap<String, Path> files = new TreeMap<>();

  private final List<String> response = new ArrayList<>();

  /**
   * @param name of the archive
   * @param args the command line, without {@code @FILE}s
   */
  Reproduction(String name, String[] args) {
    this.name = name;
    this.args = args.clone();
    try {
      // the directory of this thread, which need not be that of the process
      working = Files.readSymbolicLink(Path.of("/proc/thread-self/cwd"));
    } catch (IOException e) {
      throw new UsageException(
          DiagnosticCode.UNREADABLE_FILE, "--reproduce: no working directory: " + IoReason.of(e));
    }
  }

  /** Takes a file that the link has read. */
  void add(Path file) {
    files.putIfAbsent(inArchive(file), file);
  }

  /** A path from the root, without what leads back. */
  private String inArchive(Path file) {
    return NameBytes.string(working.resolve(file).normalize()).substring(1);
  }

  /**
   * Writes the archive.
   *
   * @throws UsageException where it, or a file for it, can't be read or written
   */
  void write() {
    boolean hasSysroot = false;
    ArgScanner scanner = new ArgScanner(args);
    while (scanner.advance()) {
      hasSysroot |= scanner.opt() == InputOpt.SYSROOT;
      add(scanner);
    }
    if (!hasSysroot) {
      response.addFirst("--sysroot=.");
    }
    Path path = Inputs.path(name);
    String base = NameBytes.string(path.getFileName());
    String directory = base.endsWith(".tar") ? base.substring(0, base.length() - 4) : base;
    String under = directory + "/";
    try (TarFile tar = new TarFile(path)) {
      tar.add(under + "response.txt", NameBytes.bytes(String.join("\n", response) + "\n"));
      tar.add(under + "version.txt", NameBytes.bytes(Version.line() + "\n"));
      for (var f : files.entrySet()) {
        if (Files.isRegularFile(f.getValue())) {
          tar.add(under + f.getKey(), f.getValue());
        }
      }
    } catch (IOException e) {
      throw new UsageException(
          DiagnosticCode.REPORT_NOT_WRITABLE, "--reproduce: " + name + ": " + IoReason.of(e));
    }
  }

  private void add(ArgScanner arg) {
    Opt opt = arg.opt();
    if (opt == null) {
      response.add(quoted(read(arg.value())));
    } else if (opt != OutputOpt.REPRODUCE) {
      option(arg.spelling(), opt, arg.value() == null ? null : edited(opt, arg.value()));
    }
  }

  private String edited(Opt opt, String value) {
    if (READ.contains(opt)) {
      return read(value);
    }
    if (WRITTEN.contains(opt)) {
      return value.substring(value.lastIndexOf('/') + 1);
    }
    return DIRECTORIES.contains(opt) ? directories(value) : value;
  }

  private void option(String spelling, Opt opt, String value) {
    String name = name(spelling, opt);
    if (value == null) {
      response.add(name);
    } else if (opt.valueIsOptional()) {
      response.add(quoted(name + "=" + value));
    } else {
      response.add(quoted(name) + " " + quoted(value));
    }
  }

  /** The name that was given, in full; the first one where several stood behind one dash. */
  private static String name(String spelling, Opt opt) {
    String[] names = opt.names().replace("!", "").split(" ");
    for (String n : names) {
      if (n.replaceFirst("^--?", "").equals(spelling.replaceFirst("^--?", ""))) {
        return n;
      }
    }
    return names[0];
  }

  /** As {@link ResponseFiles} reads it. */
  private static String quoted(String arg) {
    StringBuilder b = new StringBuilder();
    for (int i = 0; i < arg.length(); i++) {
      char c = arg.charAt(i);
      if (c <= ' ' || c == '\\' || c == '\'' || c == '"') {
        b.append('\\');
      }
      b.append(c);
    }
    return b.isEmpty() ? "''" : b.toString();
  }

  private String read(String file) {
    Path path = Inputs.path(file);
    if (!Files.isRegularFile(path)) {
      return file;
    }
    add(path);
    return inArchive(path);
  }

  private String directories(String value) {
    List<String> edited = new ArrayList<>();
    for (String d : value.split(":", -1)) {
      boolean own = d.isEmpty() || d.startsWith("=") || d.startsWith("$SYSROOT");
      String inside = own ? d : inArchive(Inputs.path(d));
      edited.add(inside.isEmpty() ? "." : inside);
    }
    return String.join(":", edited);
  }
}
