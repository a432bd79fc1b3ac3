package io.jld.cli;

import io.jld.link.DiagnosticCode;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.NameBytes;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The inputs in order, and the state of the options between them: each input takes the state at its
 * place.
 */
final class Inputs {
  private final List<InputSource> list = new ArrayList<>();
  private final Deque<InputFlags> pushed = new ArrayDeque<>();
  private InputFlags flags = InputFlags.NONE;
  private int files;
  private String script;
  private boolean binary;
  private boolean inGroup;
  private boolean inLib;

  void file(String name) {
    if (binary) {
      list.add(new InputSource.Binary(path(name)));
      files++;
    } else {
      list.add(new InputSource.OfPath(path(name), flags));
      files++;
    }
  }

  /** {@code -T}: no data, whatever the format of the inputs is. */
  void script(String name) {
    script = name;
    list.add(new InputSource.Script(path(name), flags));
    files++;
  }

  /** {@code -c}. */
  void mriScript(String name) {
    list.add(new InputSource.MriScript(path(name), flags));
    files++;
  }

  /** The last script of {@code -T}; null where there is none. */
  String script() {
    return script;
  }

  void defsym(String symbol, String expression) {
    list.add(new InputSource.Defsym(symbol, expression));
  }

  void justSymbols(Path file) {
    list.add(new InputSource.JustSymbols(file));
    files++;
  }

  /** {@code --format}: whether the files that follow are data. */
  void binary(boolean on) {
    binary = on;
  }

  /**
   * @param name as after {@code -l}
   */
  void library(String name) {
    if (name.isEmpty()) {
      throw new UsageException(DiagnosticCode.INVALID_VALUE, "option '-l' needs a value");
    }
    if (binary) {
      throw new UsageException(
          DiagnosticCode.OPTION_CONFLICT,
          "'-l " + name + "' after --format=binary: --format=default must stand between them");
    }
    list.add(new InputSource.OfLibrary(name, flags));
    files++;
  }

  InputFlags flags() {
    return flags;
  }

  void flags(InputFlags now) {
    flags = now;
  }

  void push() {
    pushed.push(flags);
  }

  void pop() {
    if (pushed.isEmpty()) {
      throw new UsageException(
          DiagnosticCode.UNBALANCED_OPTIONS, "--pop-state without --push-state");
    }
    flags = pushed.pop();
  }

  void startGroup() {
    if (inGroup) {
      throw new UsageException(
          DiagnosticCode.UNBALANCED_OPTIONS,
          "a group inside of a group: --end-group is missing before --start-group");
    }
    inGroup = true;
    list.add(InputSource.Bracket.GROUP_START);
  }

  void endGroup() {
    if (!inGroup) {
      throw new UsageException(
          DiagnosticCode.UNBALANCED_OPTIONS, "--end-group without --start-group");
    }
    inGroup = false;
    list.add(InputSource.Bracket.GROUP_END);
  }

  void startLib() {
    if (inLib) {
      throw new UsageException(
          DiagnosticCode.UNBALANCED_OPTIONS, "--start-lib inside of --start-lib");
    }
    inLib = true;
    list.add(InputSource.Bracket.LIB_START);
  }

  void endLib() {
    if (!inLib) {
      throw new UsageException(DiagnosticCode.UNBALANCED_OPTIONS, "--end-lib without --start-lib");
    }
    inLib = false;
    list.add(InputSource.Bracket.LIB_END);
  }

  /** Puts a directory before the paths that begin at the root. */
  void chroot(String root) {
    list.replaceAll(
        source ->
            switch (source) {
              case InputSource.OfPath p -> new InputSource.OfPath(under(root, p.path()), p.flags());
              case InputSource.Binary b -> new InputSource.Binary(under(root, b.path()));
              case InputSource.JustSymbols j -> new InputSource.JustSymbols(under(root, j.path()));
              case InputSource.Script s -> new InputSource.Script(under(root, s.path()), s.flags());
              case InputSource.MriScript s ->
                  new InputSource.MriScript(under(root, s.path()), s.flags());
              default -> source;
            });
  }

  private static Path under(String root, Path path) {
    return path.isAbsolute() ? path(root + NameBytes.string(path)) : path;
  }

  /** Whether there is neither a file nor a library. */
  boolean isEmpty() {
    return files == 0;
  }

  /**
   * Closes what is open, as GNU ld does for a group.
   *
   * @return what was missing; null if nothing was
   */
  String close() {
    String missing = null;
    if (inLib) {
      endLib();
      missing = "--end-lib";
    }
    if (inGroup) {
      endGroup();
      missing = "--end-group";
    }
    return missing;
  }

  List<InputSource> list() {
    return list;
  }

  static Path path(String name) {
    if (name.isEmpty()) {
      throw new UsageException(DiagnosticCode.INVALID_VALUE, "a file without a name");
    }
    try {
      return NameBytes.path(name);
    } catch (InvalidPathException e) {
      throw new UsageException(
          DiagnosticCode.INVALID_VALUE, "invalid file name '" + name + "': " + e.getReason());
    }
  }
}
