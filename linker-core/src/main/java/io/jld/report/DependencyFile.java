package io.jld.report;

import io.jld.input.Inputs;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.NameBytes;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * {@code --dependency-file}: a rule for make, by which the output depends on each file that was
 * read; then, for each of those, a rule without anything, so that make goes on where one is
 * deleted.
 */
public final class DependencyFile {
  private DependencyFile() {}

  static void print(LinkRequest request, Inputs inputs, Consumer<String> sink) {
    Set<String> files = new LinkedHashSet<>();
    for (Path p : inputs.paths()) {
      files.add(escape(NameBytes.string(p)));
    }
    for (LinkOption<List<LinkOption.Script>> o :
        List.of(
            LinkOption.VERSION_SCRIPT,
            LinkOption.DYNAMIC_LIST,
            LinkOption.EXPORT_DYNAMIC_SYMBOL_LIST,
            LinkOption.SECTION_ORDER_SCRIPT,
            LinkOption.CALL_GRAPH)) {
      for (LinkOption.Script s : request.get(o)) {
        if (!s.name()
            .startsWith(
                "--")) { // else it is an option's own text, such as that of --dynamic-list-cpp-new
          files.add(escape(s.name()));
        }
      }
    }
    String target = escape(request.output().name());
    int left = files.size();
    sink.accept(target + ":" + (left > 0 ? " \\" : ""));
    for (String f : files) {
      left--;
      sink.accept("  " + f + (left > 0 ? " \\" : ""));
    }
    for (String f : files) {
      sink.accept("");
      sink.accept(f + ":");
    }
  }

  /**
   * As compilers write names for make: a blank or {@code #} gets a backslash, {@code $} another
   * one.
   */
  static String escape(String name) {
    StringBuilder b = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      switch (c) {
        case ' ', '\t' -> {
          for (int k = i - 1; k >= 0 && name.charAt(k) == '\\'; k--) {
            b.append('\\'); // backslashes before a blank have to be doubled
          }
          b.append('\\').append(c);
        }
        case '#' -> b.append("\\#");
        case '$' -> b.append("$$");
        default -> b.append(c);
      }
    }
    return b.toString();
  }
}
