package io.jld.cli;

import io.jld.link.DiagnosticCode;
import io.jld.link.IoReason;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code @FILE}: the arguments that FILE contains, by the rules of GNU libiberty's {@code
 * expandargv}.
 *
 * <p>White space separates arguments. Single and double quotes keep it, and each other; a backslash
 * keeps whatever character follows, also between quotes. A file may name further ones. A file that
 * cannot be opened leaves the argument as it is.
 */
public final class ResponseFiles {
  /** Files that one command line may read, as in libiberty: one that names itself ends here. */
  private static final int MAX_FILES = 2000;

  /** Files inside of files; a deeper nest is a mistake long before it is a need. */
  private static final int MAX_DEPTH = 64;

  private final List<String> expanded = new ArrayList<>();
  private int files;

  private ResponseFiles() {}

  /**
   * @return {@code args} itself where no argument begins with {@code @}
   * @throws UsageException for a directory, for too many files, for a file that cannot be read to
   *     its end
   */
  public static String[] expand(String[] args) {
    for (String arg : args) {
      if (arg.startsWith("@")) {
        ResponseFiles all = new ResponseFiles();
        for (String a : args) {
          all.add(a, 0);
        }
        return all.expanded.toArray(new String[0]);
      }
    }
    return args;
  }

  private void add(String arg, int depth) {
    String text = arg.startsWith("@") ? read(arg.substring(1)) : null;
    if (text == null) {
      expanded.add(arg);
      return;
    }
    if (++files > MAX_FILES || depth == MAX_DEPTH) {
      throw new UsageException(
          DiagnosticCode.INVALID_VALUE,
          arg + ": too many @-files inside of each other; does one name itself?");
    }
    for (String inner : split(text)) {
      add(inner, depth + 1);
    }
  }

  /** The file's text; null if there is no such file. */
  private static String read(String name) {
    try {
      Path file = NameBytes.path(name);
      if (name.isEmpty() || !Files.isReadable(file)) {
        return null;
      }
      if (Files.isDirectory(file)) {
        throw new UsageException(DiagnosticCode.UNREADABLE_FILE, "@" + name + ": is a directory");
      }
      return TextFile.read(file);
    } catch (InvalidPathException e) {
      return null;
    } catch (IOException e) {
      throw new UsageException(
          DiagnosticCode.UNREADABLE_FILE, "@" + name + ": cannot be read: " + IoReason.of(e));
    }
  }

  /** Splits a file's text into arguments. Quotes that are not closed end with the text. */
  static List<String> split(String text) {
    List<String> args = new ArrayList<>();
    StringBuilder arg = new StringBuilder();
    int i = 0;
    while (true) {
      while (i < text.length() && isSpace(text.charAt(i))) {
        i++;
      }
      if (i >= text.length()) { // beyond it, after a last backslash
        return args;
      }
      arg.setLength(0);
      char quote = 0;
      for (; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\\') {
          if (++i < text.length()) {
            arg.append(text.charAt(i));
          }
        } else if (quote != 0) {
          if (c == quote) {
            quote = 0;
          } else {
            arg.append(c);
          }
        } else if (c == '\'' || c == '"') {
          quote = c;
        } else if (isSpace(c)) {
          break;
        } else {
          arg.append(c);
        }
      }
      args.add(arg.toString());
    }
  }

  /** {@code isspace} of the C locale. */
  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
